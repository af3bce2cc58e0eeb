#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "exporter/metrics/foldable.h"
#include "exporter/metrics/process.h"
#include "exporter/metrics/self_format.h"
#include "exporter/version.h"

namespace exporter::metrics {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;
using PrometheusLabels = std::map<std::string, std::string>;

double unix_seconds(SystemTime time) {
  return static_cast<double>(time.time_since_epoch().count()) / 1e3;
}

template <class Builder>
auto& build(Builder builder, const MetricSpec& spec, prometheus::Registry& registry) {
  return builder.Name(std::string(spec.name)).Help(std::string(spec.help)).Register(registry);
}

Family<Counter>& counter(const MetricSpec& spec, prometheus::Registry& registry) {
  return build(prometheus::BuildCounter(), spec, registry);
}

Family<Gauge>& gauge(const MetricSpec& spec, prometheus::Registry& registry) {
  return build(prometheus::BuildGauge(), spec, registry);
}

Family<Histogram>& histogram(const MetricSpec& spec, prometheus::Registry& registry) {
  return build(prometheus::BuildHistogram(), spec, registry);
}

// OpenCost answers small clusters in tens of milliseconds and large ones in minutes.
Histogram::BucketBoundaries poll_buckets() {
  return {0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600};
}

Histogram::BucketBoundaries publish_buckets() {
  return {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5};
}

// A family whose label sets come and go with the configuration.
template <class Metric>
struct Labelled {
  Family<Metric>* family = nullptr;
  std::map<PrometheusLabels, Metric*> metrics{};

  template <class... Arguments>
  Metric& at(const PrometheusLabels& labels, Arguments&&... arguments) {
    Metric*& metric = metrics[labels];
    if (metric == nullptr) metric = &family->Add(labels, std::forward<Arguments>(arguments)...);
    return *metric;
  }

  void keep_sources(const std::set<std::string>& sources) {
    for (auto it = metrics.begin(); it != metrics.end();) {
      if (sources.contains(it->first.at("cluster"))) {
        ++it;
      } else {
        family->Remove(it->second);
        it = metrics.erase(it);
      }
    }
  }
};

// What is said by a label of a series that is always 1; an empty text is no series.
struct Info {
  Family<Gauge>* family = nullptr;
  Gauge* said = nullptr;

  // The new one is there before the old one goes.
  void set(const std::string& label, const std::string& value) {
    Gauge* const next = value.empty() ? nullptr : &family->Add({{label, value}}, 1);
    Gauge* const last = std::exchange(said, next);
    if (last != nullptr && last != next) family->Remove(last);
  }
};

}  // namespace

struct SelfMetrics::State {
  explicit State(SystemTime started)
      : up{&gauge(metric("opencost_up"), registry)},
        interval{&gauge(metric("opencost_exporter_poll_interval_seconds"), registry)},
        polls{&counter(metric("opencost_exporter_polls_total"), registry)},
        failures{&counter(metric("opencost_exporter_poll_failures_total"), registry)},
        retries{&counter(metric("opencost_exporter_poll_retries_total"), registry)},
        duration{&histogram(metric("opencost_exporter_poll_duration_seconds"), registry)},
        last_success{&gauge(metric("opencost_exporter_last_success_timestamp_seconds"), registry)},
        window_end{&gauge(metric("opencost_exporter_window_end_timestamp_seconds"), registry)},
        rows{&gauge(metric("opencost_exporter_answer_rows"), registry)},
        bytes{&counter(metric("opencost_exporter_answer_bytes_total"), registry)},
        rejected{&counter(metric("opencost_exporter_rows_rejected_total"), registry)},
        idle_clamped{&counter(metric("opencost_exporter_idle_clamped_total"), registry)},
        days{&gauge(metric("opencost_exporter_ledger_entries"), registry)},
        days_changed{&counter(metric("opencost_exporter_ledger_entries_changed_total"), registry)},
        persistent(gauge(metric("opencost_exporter_ledger_persistent"), registry).Add({})),
        waiting(gauge(metric("opencost_exporter_ledger_entries_waiting"), registry).Add({})),
        ledger_bytes(gauge(metric("opencost_exporter_ledger_size_bytes"), registry).Add({})),
        ledger_failures{&counter(metric("opencost_exporter_ledger_failures_total"), registry)},
        series(gauge(metric("opencost_exporter_series"), registry).Add({})),
        series_folded{&gauge(metric("opencost_exporter_series_folded"), registry)},
        series_added(gauge(metric("opencost_exporter_series_added"), registry).Add({})),
        series_removed(gauge(metric("opencost_exporter_series_removed"), registry).Add({})),
        publications(counter(metric("opencost_exporter_publications_total"), registry).Add({})),
        publishing(histogram(metric("opencost_exporter_publish_duration_seconds"), registry)
                       .Add({}, publish_buckets())),
        currency{&gauge(metric("opencost_exporter_currency_info"), registry)},
        rules{&gauge(metric("opencost_exporter_rules_info"), registry)},
        reload_ok(
            gauge(metric("opencost_exporter_config_last_reload_successful"), registry).Add({})),
        reload_time(gauge(metric("opencost_exporter_config_last_reload_success_timestamp_seconds"),
                          registry)
                        .Add({})),
        started_at(unix_seconds(started)) {
    gauge(metric("opencost_exporter_build_info"), registry)
        .Add({{"version", std::string(kVersion)}})
        .Set(1);
    for (const Foldable& foldable : kFoldable) {
      series_folded.at({{"family", std::string(foldable.family->name)}});
    }
  }

  // prometheus-cpp guards each metric; this one makes a poll's several figures change at once, for
  // the maps below as well as for who reads the page.
  mutable std::mutex mutex;
  prometheus::Registry registry;
  Labelled<Gauge> up, interval;
  Labelled<Counter> polls, failures, retries;
  Labelled<Histogram> duration;
  Labelled<Gauge> last_success, window_end, rows;
  Labelled<Counter> bytes, rejected, idle_clamped;
  Labelled<Gauge> days;
  Labelled<Counter> days_changed;
  Gauge& persistent;
  Gauge& waiting;
  Gauge& ledger_bytes;
  Labelled<Counter> ledger_failures;
  Gauge& series;
  Labelled<Gauge> series_folded;
  Gauge& series_added;
  Gauge& series_removed;
  Counter& publications;
  Histogram& publishing;
  Info currency, rules;
  Gauge& reload_ok;
  Gauge& reload_time;
  double started_at;
};

SelfMetrics::SelfMetrics(SystemTime started) : state_(std::make_unique<State>(started)) {}

SelfMetrics::~SelfMetrics() = default;

void SelfMetrics::declare(const Labels& labels) {
  std::lock_guard lock(state_->mutex);
  State& s = *state_;
  const std::set<std::string> sources(labels.sources.begin(), labels.sources.end());
  const auto each = [&](auto&&... families) { (families.keep_sources(sources), ...); };
  each(s.up, s.interval, s.polls, s.failures, s.retries, s.duration, s.last_success, s.window_end,
       s.rows, s.bytes, s.rejected, s.idle_clamped, s.days, s.days_changed);
  for (const std::string& reason : labels.ledger_failures) {
    s.ledger_failures.at({{"reason", reason}});
  }
  for (const std::string& source : labels.sources) {
    for (const char* state : {"recorded", "absent", "missing"}) {
      s.days.at({{"cluster", source}, {"state", state}});
    }
    s.days_changed.at({{"cluster", source}});
    for (const std::string& query : labels.queries) {
      const PrometheusLabels key = {{"cluster", source}, {"query", query}};
      s.up.at(key), s.interval.at(key), s.polls.at(key), s.retries.at(key);
      s.last_success.at(key), s.window_end.at(key), s.rows.at(key), s.bytes.at(key),
          s.idle_clamped.at(key);
      s.duration.at(key, poll_buckets());
      const auto with_reason = [&](const std::string& reason) {
        PrometheusLabels more = key;
        more["reason"] = reason;
        return more;
      };
      for (const std::string& reason : labels.failures) s.failures.at(with_reason(reason));
      for (const std::string& reason : labels.rejections) s.rejected.at(with_reason(reason));
    }
  }
}

void SelfMetrics::set_currency(const std::string& code) {
  std::lock_guard lock(state_->mutex);
  state_->currency.set("currency", code);
}

void SelfMetrics::set_rules(const std::string& hash) {
  std::lock_guard lock(state_->mutex);
  state_->rules.set("hash", hash);
}

void SelfMetrics::set_interval(const std::string& source, const std::string& query,
                               std::chrono::seconds interval) {
  std::lock_guard lock(state_->mutex);
  state_->interval.at({{"cluster", source}, {"query", query}})
      .Set(static_cast<double>(interval.count()));
}

void SelfMetrics::poll_finished(const Poll& poll) {
  std::lock_guard lock(state_->mutex);
  State& s = *state_;
  const PrometheusLabels key = {{"cluster", poll.source}, {"query", poll.query}};
  s.polls.at(key).Increment();
  s.retries.at(key).Increment(static_cast<double>(poll.retries));
  s.bytes.at(key).Increment(static_cast<double>(poll.bytes));
  s.duration.at(key, poll_buckets()).Observe(poll.seconds);
  s.up.at(key).Set(poll.failure.empty() ? 1 : 0);
  if (poll.failure.empty()) return;
  PrometheusLabels reason = key;
  reason["reason"] = poll.failure;
  s.failures.at(reason).Increment();
}

void SelfMetrics::answer_accepted(const Accepted& accepted) {
  std::lock_guard lock(state_->mutex);
  State& s = *state_;
  const PrometheusLabels key = {{"cluster", accepted.source}, {"query", accepted.query}};
  s.last_success.at(key).Set(unix_seconds(accepted.at));
  s.window_end.at(key).Set(static_cast<double>(accepted.window_end.time_since_epoch().count()));
  s.rows.at(key).Set(static_cast<double>(accepted.rows));
  s.idle_clamped.at(key).Increment(static_cast<double>(accepted.idle_clamped));
  for (const auto& [reason, count] : accepted.rejected) {
    PrometheusLabels labels = key;
    labels["reason"] = reason;
    s.rejected.at(labels).Increment(static_cast<double>(count));
  }
}

void SelfMetrics::answer_remembered(const std::string& source, const std::string& query,
                                    SystemTime at) {
  std::lock_guard lock(state_->mutex);
  const PrometheusLabels key = {{"cluster", source}, {"query", query}};
  state_->up.at(key).Set(1);
  state_->last_success.at(key).Set(unix_seconds(at));
}

void SelfMetrics::ledger(const Ledger& ledger) {
  std::lock_guard lock(state_->mutex);
  state_->persistent.Set(ledger.persistent ? 1 : 0);
  state_->waiting.Set(static_cast<double>(ledger.waiting));
  state_->ledger_bytes.Set(static_cast<double>(ledger.bytes));
}

void SelfMetrics::ledger_failed(const std::string& reason) {
  std::lock_guard lock(state_->mutex);
  state_->ledger_failures.at({{"reason", reason}}).Increment();
}

void SelfMetrics::ledger_days(const std::string& source, const LedgerDays& days) {
  std::lock_guard lock(state_->mutex);
  const auto set = [&](const char* state, std::uint64_t count) {
    state_->days.at({{"cluster", source}, {"state", state}}).Set(static_cast<double>(count));
  };
  set("recorded", days.recorded);
  set("absent", days.absent);
  set("missing", days.missing);
}

void SelfMetrics::ledger_day_changed(const std::string& source) {
  std::lock_guard lock(state_->mutex);
  state_->days_changed.at({{"cluster", source}}).Increment();
}

void SelfMetrics::published(const Page& page, double seconds) {
  std::lock_guard lock(state_->mutex);
  State& s = *state_;
  s.series.Set(static_cast<double>(page.series));
  s.series_added.Set(static_cast<double>(page.added));
  s.series_removed.Set(static_cast<double>(page.removed));
  for (const auto& [family, series] : page.folded) {
    s.series_folded.at({{"family", std::string(family)}}).Set(static_cast<double>(series));
  }
  s.publications.Increment();
  s.publishing.Observe(seconds);
}

void SelfMetrics::config_loaded(bool accepted, SystemTime at) {
  state_->reload_ok.Set(accepted ? 1 : 0);
  if (accepted) state_->reload_time.Set(unix_seconds(at));
}

namespace {

std::optional<double> process_value(std::string_view name, const ProcessFigures& figures,
                                    double started) {
  if (name == "process_cpu_seconds_total") return figures.cpu_seconds;
  if (name == "process_resident_memory_bytes") return figures.resident_bytes;
  if (name == "process_virtual_memory_bytes") return figures.virtual_bytes;
  if (name == "process_open_fds") return figures.open_fds;
  if (name == "process_max_fds") return figures.max_fds;
  if (name == "process_start_time_seconds") return started;
  return std::nullopt;
}

}  // namespace

std::string SelfMetrics::render(Format format) const {
  std::map<std::string, std::vector<prometheus::ClientMetric>> families;
  std::unique_lock lock(state_->mutex);
  for (auto& family : state_->registry.Collect()) {
    families[family.name] = std::move(family.metric);
  }
  lock.unlock();
  const ProcessFigures figures = read_process();
  std::string out;
  for (const MetricSpec& spec : kCatalogue) {
    if (spec.group != Group::exporter) continue;
    if (const auto value = process_value(spec.name, figures, state_->started_at)) {
      prometheus::ClientMetric metric;
      metric.gauge.value = metric.counter.value = *value;
      families[std::string(spec.name)].push_back(metric);
    }
    append_family(out, spec, format, std::move(families[std::string(spec.name)]));
  }
  return out;
}

}  // namespace exporter::metrics

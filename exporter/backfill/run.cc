#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <random>

#include "exporter/backfill/output.h"
#include "exporter/backfill/partial.h"
#include "exporter/backfill/span.h"

namespace exporter::backfill {
namespace {

using opencost::Query;

constexpr std::string_view kGoesOn = "the same command goes on from there";
// Of the partial file and what is in it.
constexpr std::string_view kSchema = "1";

std::string list_labels(const Labels& labels) {
  std::string out;
  for (const auto& [name, value] : labels) {
    out += fmt::format("{}{}={}", out.empty() ? "" : ",", name, value);
  }
  return out;
}

// A configured name is on every series of its source.
std::string list_sources(const std::vector<poll::Source>& sources) {
  std::string out;
  for (const poll::Source& source : sources) {
    out += fmt::format("{}{}{}", out.empty() ? "" : ",", source.name,
                       source.named ? "" : " (no name)");
  }
  return out;
}

Parameters parameters(const Options& options, const Setup& setup, const Span& span) {
  const auto yes_or_no = [](bool value) { return std::string(value ? "yes" : "no"); };
  return {{"schema", std::string(kSchema)},
          {"from", model::format_time(span.from)},
          {"to", model::format_time(span.to)},
          {"step", std::string(to_string(options.step))},
          {"labels", list_labels(options.labels)},
          {"sources", list_sources(setup.sources)},
          {"currency rate", fmt::format("{}", setup.metrics.currency_rate)},
          {"tenant rules", cost::hash_of(setup.rules.tenants)},
          {"labels asked for", fmt::format("{}", fmt::join(setup.labels, " "))},
          {"labels summed by", fmt::format("{}", fmt::join(setup.rules.labels, " "))},
          {"pods", yes_or_no(setup.metrics.pods)},
          {"workloads", yes_or_no(setup.metrics.workloads)}};
}

/// Asks all windows that are not done and keeps their samples.
class Asking {
 public:
  Asking(const Options& options, const Setup& setup, const Clock& clock,
         const std::stop_token& stop, Partial& partial)
      : options_(options),
        setup_(setup),
        clock_(clock),
        stop_(stop),
        partial_(partial),
        metrics_(setup.metrics),
        rules_(std::make_shared<const cost::AttributionRules>(setup.rules)) {
    for (const poll::Source& source : setup.sources) {
      transports_.push_back(setup.make_transport(source));
    }
    metrics_.max_series = metrics_.max_family_series = UINT64_MAX;
  }

  Result<Progress> run(const Span& span, const std::function<void(const Progress&)>& tell) {
    const auto before = partial_.count();
    if (!before) return tl::unexpected(before.error());
    progress_.total = span.count() * setup_.sources.size();
    progress_.done = before->done;
    progress_.empty = before->empty;
    for (std::uint64_t i = 0; i < span.count(); ++i) {
      for (std::size_t source = 0; source < setup_.sources.size(); ++source) {
        const model::Window window = span.window(i);
        const auto done = partial_.is_done(setup_.sources[source].name, window.start);
        if (!done) return tl::unexpected(done.error());
        if (*done) continue;
        if (const auto ok = window_of(source, window); !ok) return tl::unexpected(ok.error());
        ++progress_.done;
        tell(progress_);
      }
    }
    return progress_;
  }

 private:
  // Nothing: OpenCost knows nothing of the window.
  template <class Answer>
  Result<std::optional<Answer>> ask(std::size_t source, Query query, const model::Window& window);
  Result<void> window_of(std::size_t source, const model::Window& window);
  tl::unexpected<Error> stopped() const {
    return fail(fmt::format("stopped after {} of {} windows; {}", progress_.done, progress_.total,
                            kGoesOn));
  }

  const Options& options_;
  const Setup& setup_;
  const Clock& clock_;
  const std::stop_token& stop_;
  Partial& partial_;
  metrics::Options metrics_;
  std::shared_ptr<const cost::AttributionRules> rules_;
  std::vector<std::unique_ptr<http::Transport>> transports_;  // by source
  std::mt19937_64 random_{std::random_device{}()};            // spreads retries
  SteadyTime next_{};                                         // nothing is asked before
  Progress progress_;
};

template <class Answer>
Result<std::optional<Answer>> Asking::ask(std::size_t source, Query query,
                                          const model::Window& window) {
  if (!clock_.sleep_until(next_, stop_)) return stopped();
  const poll::Source& asked = setup_.sources[source];
  const SteadyTime began = clock_.steady();
  auto observation = poll::ask(
      asked, {query, window, query == Query::assets ? std::vector<std::string>() : setup_.labels},
      setup_.retry, *transports_[source], clock_, random_, stop_);
  if (!observation) return stopped();
  const SteadyTime ended = clock_.steady();
  next_ = ended + (ended - began);
  progress_.bytes += observation->bytes;
  progress_.source = asked.name;
  progress_.window = window;
  if (auto* answer = std::get_if<Answer>(&observation->outcome)) {
    progress_.rejected += answer->rejected.total();
    return std::move(*answer);
  }
  const auto& failure = std::get<poll::PollFailure>(observation->outcome);
  if (failure.reason == to_string(opencost::Refusal::empty)) return std::nullopt;
  return fail(fmt::format("{}: {} from {} to {}: {}: {}; {} of {} windows are done, and {}",
                          asked.name, to_string(query), model::format_time(window.start),
                          model::format_time(window.end), failure.reason, failure.detail,
                          progress_.done, progress_.total, kGoesOn));
}

Result<void> Asking::window_of(std::size_t source, const model::Window& window) {
  const std::string& name = setup_.sources[source].name;
  const auto pods = ask<opencost::AllocationAnswer>(source, Query::current, window);
  if (!pods) return tl::unexpected(pods.error());
  if (!*pods) {
    ++progress_.empty;
    return partial_.keep_empty(name, window.start);
  }
  const auto assets = ask<opencost::AssetAnswer>(source, Query::assets, window);
  if (!assets) return tl::unexpected(assets.error());
  cost::SourceReport known;
  known.current = std::make_shared<const cost::Breakdown>(cost::break_down((*pods)->table));
  if (*assets) {
    known.assets = std::make_shared<const cost::Inventory>(
        cost::take_inventory((*assets)->table, (*pods)->table.get()));
  }
  known.efficiency = std::make_shared<const cost::Efficiency>(cost::measure(known.current));
  known.attribution =
      std::make_shared<const cost::Attribution>(cost::attribute(known.current, rules_));
  cost::Report report;
  report.sources.push_back(std::move(known));
  const metrics::Page page = metrics::render(report, metrics_);
  const auto kept = partial_.keep(name, window.start, window.end, page, options_.labels);
  if (kept) return {};
  return fail(fmt::format("{}: from {} to {}: {}", name, model::format_time(window.start),
                          model::format_time(window.end), kept.error().message));
}

// A link that leads nowhere is a file, too.
Result<void> check_absent(const std::string& path) {
  std::error_code ignored;
  const auto status = std::filesystem::symlink_status(path, ignored);
  if (status.type() == std::filesystem::file_type::not_found) return {};
  return fail(fmt::format("output: {} exists already; remove it or name another file", path));
}

Result<void> write(Partial& partial, const std::string& path, const std::stop_token& stop) {
  auto output = Output::create(path);
  if (!output) return tl::unexpected(output.error());
  auto printed = partial.print([&](std::string_view line) -> Result<void> {
    if (stop.stop_requested()) {
      return fail(fmt::format("stopped while {} was written; the same command writes it", path));
    }
    return output->write(line);
  });
  if (!printed) return printed;
  if (auto ok = output->write("# EOF\n"); !ok) return ok;
  if (auto ok = check_absent(path); !ok) return ok;
  return output->publish();
}

void remove_partial(const std::string& path) {
  std::error_code ignored;
  for (const char* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end, ignored);
}

}  // namespace

Result<Progress> run(const Options& options, const Setup& setup, const Clock& clock,
                     const std::function<void(const Progress&)>& progress,
                     const std::stop_token& stop) {
  if (options.output.empty()) return fail("output: no file is named");
  if (const auto ok = check_absent(options.output); !ok) return tl::unexpected(ok.error());
  if (const auto ok = check_labels(options); !ok) return tl::unexpected(ok.error());
  const auto span = resolve(options, setup, clock.now());
  if (!span) return tl::unexpected(span.error());
  const std::string path = options.output + ".partial";
  Result<Progress> made;
  {
    auto partial = Partial::open(path, parameters(options, setup, *span));
    if (!partial) return tl::unexpected(partial.error());
    made = Asking(options, setup, clock, stop, *partial).run(*span, progress);
    if (!made) return made;
    if (const auto ok = write(*partial, options.output, stop); !ok) {
      return tl::unexpected(ok.error());
    }
  }
  remove_partial(path);
  return made;
}

}  // namespace exporter::backfill

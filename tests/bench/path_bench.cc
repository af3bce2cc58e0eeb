// The path from an answer's last byte to the published page, each step beside its yardstick in the
// same run. Times are CPU times of one thread.
#include <benchmark/benchmark.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <simdjson.h>

#include <map>
#include <sstream>
#include <vector>

#include "exporter/metrics/writer.h"
#include "tests/bench/answers.h"

namespace {

using namespace exporter;

const std::string& body(std::int64_t pods) {
  static std::map<std::int64_t, std::string> bodies;
  std::string& text = bodies[pods];
  if (text.empty()) text = bench::answer(static_cast<int>(pods));
  return text;
}

const cost::Report& report(std::int64_t pods) {
  static std::map<std::int64_t, cost::Report> reports;
  cost::Report& made = reports[pods];
  if (made.sources.empty()) {
    cost::SourceReport source;
    source.current =
        std::make_shared<const cost::Breakdown>(cost::break_down(bench::decode(body(pods)).table));
    made.sources.push_back(std::move(source));
  }
  return made;
}

// Every series there is, for comparison with what folds nothing.
metrics::Options uncapped() {
  metrics::Options options;
  options.max_series = options.max_family_series = UINT64_MAX;
  return options;
}

// What follows from a window besides its sums: tenants, efficiency, what was seen, savings.
cost::SourceReport derived(std::shared_ptr<const cost::Breakdown> current) {
  static const auto rules = std::make_shared<const cost::AttributionRules>(
      cost::AttributionRules{{{.tenant = "all"}}, {}});
  cost::SourceReport source;
  source.efficiency = std::make_shared<const cost::Efficiency>(cost::measure(current));
  source.attribution = std::make_shared<const cost::Attribution>(cost::attribute(current, rules));
  cost::Watch watch;
  watch.take(*current, cost::SavingsOptions{}.idle_below);
  source.savings = std::make_shared<const cost::Savings>(
      cost::find_savings(current, nullptr, {}, watch, {}, nullptr));
  source.current = std::move(current);
  return source;
}

void set_bytes(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * state.iterations());
}

/// What a program does that parses an answer with a parser of its own.
void structural_pass_fresh(benchmark::State& state) {
  const simdjson::padded_string text(body(state.range(0)));
  for (auto _ : state) {
    simdjson::ondemand::parser parser;
    benchmark::DoNotOptimize(parser.iterate(text).error());
  }
  set_bytes(state, text.size());
}
BENCHMARK(structural_pass_fresh)
    ->Arg(1'000)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Unit(benchmark::kMillisecond);

/// The same with the index of an earlier answer still in memory, some 0.6 bytes a byte of answer.
void structural_pass_reused(benchmark::State& state) {
  const simdjson::padded_string text(body(state.range(0)));
  simdjson::ondemand::parser parser;
  benchmark::DoNotOptimize(parser.iterate(text).error());
  for (auto _ : state) benchmark::DoNotOptimize(parser.iterate(text).error());
  set_bytes(state, text.size());
}
BENCHMARK(structural_pass_reused)
    ->Arg(1'000)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Unit(benchmark::kMillisecond);

void decode(benchmark::State& state) {
  const std::string& text = body(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(bench::decode(text).table);
  set_bytes(state, text.size());
}
BENCHMARK(decode)->Arg(1'000)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

/// The library's DOM, for scale: parse only, nothing read from it.
void simdjson_dom(benchmark::State& state) {
  const simdjson::padded_string text(body(state.range(0)));
  for (auto _ : state) {
    simdjson::dom::parser parser;
    benchmark::DoNotOptimize(parser.parse(text).error());
  }
  set_bytes(state, text.size());
}
BENCHMARK(simdjson_dom)->Arg(10'000)->Unit(benchmark::kMillisecond);

void roll_up(benchmark::State& state) {
  const auto table = bench::decode(body(state.range(0))).table;
  for (auto _ : state) benchmark::DoNotOptimize(cost::break_down(table));
}
BENCHMARK(roll_up)->Arg(1'000)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

void derive(benchmark::State& state) {
  const auto current = report(state.range(0)).sources.front().current;
  for (auto _ : state) benchmark::DoNotOptimize(derived(current).savings->totals.size());
}
BENCHMARK(derive)->Arg(1'000)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

/// Families, text and deflate.
void render(benchmark::State& state) {
  const cost::Report& rows = report(state.range(0));
  std::uint64_t series = 0;
  for (auto _ : state) {
    const metrics::Page page = metrics::render(rows, uncapped());
    series = page.series;
    benchmark::DoNotOptimize(page.crc32);
  }
  state.counters["series"] = static_cast<double>(series);
}
BENCHMARK(render)->Arg(1'000)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

/// Page after page, most pods folded.
void render_folded(benchmark::State& state) {
  const cost::Report& rows = report(state.range(0));
  metrics::Options options;
  options.max_series = options.max_family_series = 20'000;
  metrics::Renderer renderer;
  std::uint64_t series = 0;
  for (auto _ : state) {
    const metrics::Page page = renderer.render(rows, options);
    series = page.series;
    benchmark::DoNotOptimize(page.crc32);
  }
  state.counters["series"] = static_cast<double>(series);
}
BENCHMARK(render_folded)->Arg(100'000)->Unit(benchmark::kMillisecond);

/// The part of render that compresses, over the same text.
void deflate(benchmark::State& state) {
  const metrics::Page page = metrics::render(report(state.range(0)), {});
  const std::vector<std::string>& text = page.text();
  for (auto _ : state) {
    metrics::Deflater deflater;
    for (const std::string& block : text) deflater.add(block);
    deflater.flush();
    benchmark::DoNotOptimize(deflater.take_blocks());
  }
}
BENCHMARK(deflate)->Arg(1'000)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

struct Series {
  std::string name;
  std::map<std::string, std::string> labels;
  double value = 0;
};

// The series of our own page, read back; the demo's names need no unescaping.
std::vector<Series> series_of(const metrics::Page& page) {
  std::string text;
  for (const std::string& block : page.text()) text += block;
  std::vector<Series> all;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with('#')) continue;
    Series series;
    const std::size_t open = line.find('{');
    const std::size_t close = line.rfind('}');
    series.name = line.substr(0, open);
    series.value = std::stod(line.substr(close + 2));
    for (std::size_t at = open + 1; at < close;) {
      const std::size_t equals = line.find('=', at);
      const std::size_t quote = line.find('"', equals + 2);
      series.labels[line.substr(at, equals - at)] = line.substr(equals + 2, quote - equals - 2);
      at = quote + 2;
    }
    all.push_back(std::move(series));
  }
  return all;
}

/// The same series as a user of stock prometheus-cpp would publish them: a registry filled afresh,
/// so that no series outlives its pod, collected and serialised. Without the deflate that render
/// includes.
void render_prometheus_cpp(benchmark::State& state) {
  const std::vector<Series> all = series_of(metrics::render(report(state.range(0)), {}));
  for (auto _ : state) {
    prometheus::Registry registry;
    prometheus::Family<prometheus::Gauge>* family = nullptr;
    std::string_view name;
    for (const Series& series : all) {
      if (series.name != name) {
        family = &prometheus::BuildGauge().Name(series.name).Help("-").Register(registry);
        name = series.name;
      }
      family->Add(series.labels).Set(series.value);
    }
    benchmark::DoNotOptimize(prometheus::TextSerializer().Serialize(registry.Collect()));
  }
  state.counters["series"] = static_cast<double>(all.size());
}
BENCHMARK(render_prometheus_cpp)
    ->Arg(1'000)
    ->Arg(10'000)
    ->Arg(100'000)
    ->Unit(benchmark::kMillisecond);

/// From the first byte fed to the page a scrape can have.
void answer_to_page(benchmark::State& state) {
  const std::string& text = body(state.range(0));
  for (auto _ : state) {
    cost::Report rows;
    rows.sources.push_back(derived(
        std::make_shared<const cost::Breakdown>(cost::break_down(bench::decode(text).table))));
    benchmark::DoNotOptimize(metrics::render(rows, uncapped()).crc32);
  }
  set_bytes(state, text.size());
}
BENCHMARK(answer_to_page)->Arg(1'000)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();

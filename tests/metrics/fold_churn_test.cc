// Far more pods than series, page after page, while pods come and go and costs move a little.
#include <gmock/gmock.h>
#include <malloc.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "tests/metrics/reports.h"

namespace exporter::metrics {
namespace {

#ifdef __OPTIMIZE__
constexpr std::size_t kPods = 200'000;
constexpr int kPages = 50;
#else
constexpr std::size_t kPods = 20'000;
constexpr int kPages = 20;
#endif
constexpr std::size_t kSpaces = 100;
constexpr std::uint64_t kCap = kPods / 10;
constexpr const char* kFamily = "opencost_pod_cost_per_hour{";

/// A cluster of kPods places, each with a pod that is replaced now and then.
class Places {
 public:
  Places() {
    for (std::size_t space = 0; space < kSpaces; ++space) {
      char name[16];
      std::snprintf(name, sizeof name, "ns%03zu", space);
      spaces_.emplace_back(name);
    }
    for (std::size_t place = 0; place < kPods; ++place) settle(place);
  }

  /// Another pod in every twentieth place, and other costs everywhere.
  void go_on() {
    for (std::size_t i = 0; i < kPods / 20; ++i) {
      const std::size_t place = random_() % kPods;
      ++generations_[place];
      settle(place);
    }
  }

  cost::Report report() {
    auto table = std::make_shared<model::AllocationTable>();
    table->window = cost::samples::hour();
    table->rows.resize(kPods);
    for (std::size_t place = 0; place < kPods; ++place) {
      model::Allocation& row = table->rows[place];
      row.cluster = "c";
      row.name_space = spaces_[place / (kPods / kSpaces)];
      row.pod = names_[place];
      row.node = "n";
      const double moved = 0.95 + 0.1 * static_cast<double>(random_() % 1'000) / 1e3;
      row.costs[model::Resource::cpu] = Cost{std::llround(costs_[place] * moved)};
      row.costs[model::Resource::memory] = Cost{static_cast<std::int64_t>(place % 7)};
    }
    auto breakdown = std::make_shared<cost::Breakdown>();
    breakdown->window = table->window;
    breakdown->rows = table;
    cost::Report report;
    report.sources.emplace_back().current = breakdown;
    return report;
  }

  unsigned generation(std::size_t place) const { return generations_[place]; }

 private:
  // Few are dear.
  void settle(std::size_t place) {
    char name[32];
    std::snprintf(name, sizeof name, "p%06zu-%u", place, generations_[place]);
    names_[place] = name;
    costs_[place] = std::exp(std::normal_distribution(10.0, 2.0)(random_));
  }

  std::mt19937_64 random_{50};
  std::vector<std::string> spaces_;
  std::vector<std::string> names_ = std::vector<std::string>(kPods);
  std::vector<unsigned> generations_ = std::vector<unsigned>(kPods);
  std::vector<double> costs_ = std::vector<double>(kPods);
};

/// Calls `take(namespace, pod, resource, millionths)` for each series of pods.
template <class Take>
void each_series(const Page& page, Take take) {
  std::string text = samples::joined(page.text());
  const std::string_view all = text;
  for (std::size_t at = all.find(kFamily); at < all.size();) {
    const std::size_t end = all.find('\n', at);
    std::string_view line = all.substr(at, end - at);
    const auto value_of = [&](std::string_view label) {
      line.remove_prefix(line.find(label) + label.size());
      return line.substr(0, line.find('"'));
    };
    const std::string_view space = value_of("namespace=\""), pod = value_of("pod=\"");
    const std::string_view resource = value_of("resource=\"");
    const double value = std::strtod(line.data() + line.find(' '), nullptr);
    take(space, pod, resource, std::llround(value * 1e6));
    at = end + 1;
  }
}

/// What became of the pod in each place.
class Watch {
 public:
  /// Which pods a page shows; `replaced` says whose pod is another one than on the last page.
  template <class Replaced>
  void take(const Page& page, Replaced replaced) {
    std::vector<bool> shown(kPods);
    each_series(page, [&](std::string_view, std::string_view pod, std::string_view resource, auto) {
      if (resource != "cpu" || pod == kOther) return;
      std::size_t place = 0;
      std::from_chars(pod.data() + 1, pod.data() + 7, place);
      shown[place] = true;
    });
    gone = evicted = entered = 0;
    for (std::size_t place = 0; place < kPods; ++place) {
      State& state = states_[place];
      if (replaced(place)) {
        gone += state == State::shown ? 1 : 0;
        state = State::never;
      }
      if (shown[place]) {
        entered += state == State::shown ? 0 : 1;
        flaps += state == State::hidden ? 1 : 0;
        state = State::shown;
      } else if (state == State::shown) {
        ++evicted;
        state = State::hidden;
      }
    }
  }

  std::uint64_t flaps = 0;                           // came back though they had never gone
  std::uint64_t gone = 0, evicted = 0, entered = 0;  // on the last page

 private:
  enum class State : std::uint8_t { never, shown, hidden };
  std::vector<State> states_ = std::vector<State>(kPods, State::never);
};

void expect_exact(const cost::Report& report, const Page& page) {
  std::map<std::string, std::int64_t> expected, found;
  for (const model::Allocation& row : report.sources[0].current->rows->rows) {
    for (const auto resource : {model::Resource::cpu, model::Resource::memory}) {
      const std::string name(model::kResourceNames[static_cast<std::size_t>(resource)]);
      expected[std::string(row.name_space) + name] += row.costs[resource].micros;
    }
  }
  each_series(page, [&](std::string_view space, std::string_view, std::string_view resource,
                        std::int64_t micros) {
    found[std::string(space) + std::string(resource)] += micros;
  });
  ASSERT_EQ(found, expected);
}

TEST(FoldedPages, KeepTheirSeriesWhilePodsComeAndGo) {
  Places places;
  Renderer renderer;
  Watch watch;
  std::vector<unsigned> last(kPods);
  for (int number = 0; number < kPages; ++number) {
    SCOPED_TRACE(number);
    if (number > 0) places.go_on();
    const cost::Report report = places.report();
    const Page page = renderer.render(report, {.workloads = false, .max_series = kCap});
    ASSERT_LE(page.series, kCap);
    ASSERT_GE(page.series, kCap * 8 / 10);
    if (number % 10 == 0) expect_exact(report, page);
    watch.take(page, [&](std::size_t place) {
      return std::exchange(last[place], places.generation(place)) != places.generation(place);
    });
    ASSERT_EQ(watch.flaps, 0u);
    // Two series a pod; what goes is what was replaced, and as much comes in its place.
    EXPECT_EQ(page.removed, 2 * (watch.gone + watch.evicted));
    EXPECT_EQ(page.added, 2 * watch.entered + (number == 0 ? 2 * kSpaces : 0));
    EXPECT_EQ(watch.evicted, 0u);
    EXPECT_TRUE(number == 0 || page.added <= page.removed + kCap / 50);
    EXPECT_EQ(page.folded.at(2), std::pair(std::string_view("opencost_pod_cost_per_hour"),
                                           2 * kPods - (page.series - 2 * kSpaces)));
  }
}

// Bytes in use, as far as the allocator of this build says so.
std::size_t heap() {
  const auto use = ::mallinfo2();
  return use.uordblks + use.hblkhd;
}

TEST(FoldedPages, AreRememberedByTheirSeriesOnly) {
  Places places;
  auto renderer = std::make_unique<Renderer>();
  std::uint64_t series = 0;
  for (int number = 0; number < 5; ++number) {
    places.go_on();
    series = renderer->render(places.report(), {.workloads = false, .max_series = kCap}).series;
  }
  const std::size_t before = heap();
  renderer.reset();
  EXPECT_LE(before - heap(), series * 8 + 8'192);
}

}  // namespace
}  // namespace exporter::metrics

#include "exporter/demo/catalogue.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace exporter::demo {

using std::chrono::hours;
using std::chrono::minutes;

constexpr Template Template::runs(std::string_view named) const {
  Template copy = *this;
  copy.container = named;
  return copy;
}

constexpr Template Template::serves(double gib_per_hour) const {
  Template copy = sends(gib_per_hour);
  copy.service = true;
  return copy;
}

constexpr Template Template::behind_balancer() const {
  Template copy = *this;
  copy.balanced = true;
  return copy;
}

constexpr Template Template::sends(double gib_per_hour) const {
  Template copy = *this;
  copy.network_gib = gib_per_hour;
  return copy;
}

constexpr Template Template::stores(double gib) const {
  Template copy = *this;
  copy.volume_gib = gib;
  return copy;
}

constexpr Template Template::on_gpus(int count) const {
  Template copy = *this;
  copy.gpus = count;
  return copy;
}

constexpr Template Template::lives(Schedule when) const {
  Template copy = *this;
  copy.schedule = when;
  return copy;
}

constexpr Template Template::rolls_every(int days) const {
  return lives({hours(24 * days), hours(24 * days), minutes(0)});
}

namespace {

constexpr Shape kFlat = Shape::flat;
constexpr Shape kOffice = Shape::office;
constexpr Shape kEvening = Shape::evening;
constexpr Shape kNight = Shape::night;
constexpr Schedule kOfficeHours{hours(24), hours(11), hours(7)};

constexpr Template deployment(std::string_view name, int replicas, Share cores, Share mib,
                              Shape shape = kFlat) {
  return {name, "deployment", replicas, cores, mib, shape};
}

constexpr Template statefulset(std::string_view name, int replicas, Share cores, Share mib,
                               Shape shape = kFlat) {
  return {name, "statefulset", replicas, cores, mib, shape};
}

constexpr Template daemonset(std::string_view name, Share cores, Share mib) {
  return {name, "daemonset", 1, cores, mib};
}

constexpr Template bare_pod(std::string_view name, Share cores, Share mib, Shape shape = kFlat) {
  return {name, "", 1, cores, mib, shape};
}

constexpr Template cron_job(std::string_view name, int pods, Share cores, Share mib,
                            Schedule schedule) {
  return Template{name, "job", pods, cores, mib}.lives(schedule);
}

constexpr std::array kSystem = {
    daemonset("node-agent", {.1, .03}, {128, 96}).runs("agent").rolls_every(60),
    daemonset("kube-proxy", {.05, .01}, {64, 40}).runs("kube-proxy").rolls_every(90),
    deployment("coredns", 2, {.1, .02}, {70, 30}).runs("coredns").serves(.01).rolls_every(45),
    bare_pod("debug-shell", {0, .001}, {0, 12}).runs("shell"),
};

// Run well: no request is above what its busiest pod used on any day, with the room that the
// exporter leaves by default, whichever of the sizes chance gives the pods.
constexpr std::array kPayments = {
    deployment("gateway", 3, {.5, .32}, {768, 680}, kEvening)
        .serves(.8)
        .behind_balancer()
        .rolls_every(7),
    deployment("settlement", 2, {.25, .3}, {512, 540}, kNight)
        .runs("settlement")
        .serves(.1)
        .rolls_every(11),
    statefulset("ledger-db", 2, {.75, .4}, {3072, 2720}, kEvening)
        .runs("postgres")
        .serves(.05)
        .stores(100),
};

constexpr std::array kCheckout = {
    deployment("cart", 3, {.3, .22}, {384, 300}, kEvening).runs("cart").serves(.3).rolls_every(5),
    deployment("storefront", 3, {.4, .25}, {512, 350}, kEvening)
        .runs("nginx")
        .serves(1.2)
        .behind_balancer()
        .rolls_every(4),
    // Nobody has called it for months.
    deployment("legacy-cart", 2, {.5, .004}, {1024, 40}).runs("cart").serves(),
};

constexpr std::array kSearch = {
    // Asks for ten times what it uses.
    deployment("indexer", 2, {2, .18}, {6144, 620}, kOffice).runs("indexer").rolls_every(21),
    deployment("query", 3, {.5, .35}, {1024, 820}, kEvening)
        .runs("query")
        .serves(.4)
        .rolls_every(9),
    statefulset("shard", 3, {.5, .3}, {2048, 1700}, kEvening)
        .runs("elasticsearch")
        .serves(.1)
        .stores(200),
};

constexpr std::array kData = {
    statefulset("kafka", 3, {.5, .35}, {2048, 1800}, kOffice).runs("kafka").serves(.6).stores(300),
    cron_job("etl", 2, {1, .8}, {2048, 1500}, {hours(6), minutes(95), minutes(15)})
        .runs("etl")
        .sends(.2),
    deployment("stream", 2, {.4, .25}, {1024, 700}, kOffice)
        .runs("flink")
        .sends(.2)
        .rolls_every(14),
};

constexpr std::array kMl = {
    deployment("inference", 1, {1.5, .9}, {6144, 4800}, kOffice)
        .runs("triton")
        .serves(.1)
        .on_gpus(1)
        .rolls_every(30),
    cron_job("feature-refresh", 1, {.8, .7}, {1536, 1200}, {hours(3), minutes(40), minutes(5)})
        .runs("refresh"),
};

constexpr std::array kMonitoring = {
    statefulset("prometheus-server", 1, {.5, .45}, {3072, 2900}).serves().stores(150),
    deployment("grafana", 1, {.1, .03}, {256, 140}, kOffice)
        .runs("grafana")
        .serves()
        .rolls_every(28),
    daemonset("node-exporter", {0, .01}, {0, 20}).runs("node-exporter").rolls_every(120),
};

constexpr std::array kBatch = {
    cron_job("report", 1, {.5, .4}, {512, 350}, {hours(1), minutes(10), minutes(5)}).runs("report"),
    cron_job("backup", 1, {.2, .15}, {256, 200}, {hours(24), minutes(50), minutes(130)})
        .runs("backup")
        .sends(2),
    cron_job("invoice", 1, {.3, .35}, {384, 400}, {hours(12), minutes(75), minutes(30)})
        .runs("invoice"),
};

constexpr std::array kDev = {
    deployment("sandbox", 2, {.2, .03}, {512, 160}, kOffice).runs("sandbox").lives(kOfficeHours),
    bare_pod("notebook", {0, .05}, {0, 300}, kOffice).runs("jupyter"),
};

constexpr std::array kServices = {
    deployment("api", 4, {.25, .17}, {384, 280}, kEvening).runs("api").serves(.2).rolls_every(6),
    deployment("worker", 6, {.3, .12}, {512, 220}, kOffice).runs("worker").rolls_every(13),
    statefulset("cache", 2, {.1, .06}, {1024, 800}).runs("redis").serves().stores(10),
    cron_job("sync", 1, {.2, .1}, {256, 120}, {hours(4), minutes(20), minutes(25)}).runs("sync"),
};

constexpr std::array kWeb = {
    deployment("web", 5, {.2, .16}, {256, 200}, kEvening).serves(.4).rolls_every(3),
    deployment("renderer", 3, {.5, .2}, {768, 600}, kEvening)
        .runs("renderer")
        .serves()
        .rolls_every(10),
};

template <std::size_t N>
constexpr NamespacePlan plan(std::string_view name, std::string_view team,
                             const std::array<Template, N>& runs,
                             std::string_view cost_center = {}) {
  return {name, team, runs.data(), N, cost_center};
}

// A smooth daily hill around `peak_hour`, `depth` high, lower at weekends.
double curve(double hour, double peak_hour, double depth, double weekend) {
  const double angle = (std::fmod(hour, 24) - peak_hour) / 12 * std::numbers::pi;
  // The Unix epoch was a Thursday: hours 48 to 96 of that week are Saturday and Sunday.
  const bool at_weekend = hour >= 48 && hour < 96;
  return (1 + depth * std::cos(angle)) * (at_weekend ? weekend : 1);
}

constexpr std::size_t kHoursPerWeek = 168;
using Week = std::array<double, kHoursPerWeek>;

std::array<Week, kShapes> weeks() {
  std::array<Week, kShapes> all{};
  for (std::size_t i = 0; i < kHoursPerWeek; ++i) {
    const auto hour = static_cast<double>(i);
    all[0][i] = 1;
    all[1][i] = curve(hour, 13, .7, .4);
    all[2][i] = curve(hour, 19, .5, 1.15);
    all[3][i] = curve(hour, 2, .6, .9);
  }
  return all;
}

const Week& week_of(Shape shape) {
  static const std::array<Week, kShapes> all = weeks();
  return all[static_cast<std::size_t>(shape)];
}

}  // namespace

double shape_factor(Shape shape, std::chrono::sys_seconds time) {
  const auto hour = std::chrono::floor<hours>(time).time_since_epoch().count();
  constexpr auto kWeek = static_cast<std::int64_t>(kHoursPerWeek);
  return week_of(shape)[static_cast<std::size_t>(((hour % kWeek) + kWeek) % kWeek)];
}

double shape_peak(Shape shape) {
  const Week& week = week_of(shape);
  return *std::max_element(week.begin(), week.end());
}

constexpr std::array<NamespacePlan, 10> kBaseNamespaces = {
    plan("kube-system", "platform", kSystem),
    plan("payments", "payments", kPayments),
    plan("checkout", "shop", kCheckout),
    plan("search", "discovery", kSearch),
    plan("data", "data", kData, "4711"),
    plan("ml", "data", kMl, "4712"),
    plan("monitoring", "platform", kMonitoring),
    plan("batch", "finance", kBatch),
    plan("dev-ada", "shop", kDev),
    plan("dev-grace", "payments", kDev),
};

constexpr std::array<NamespacePlan, 4> kFillNamespaces = {
    plan("svc", "services", kServices),
    plan("web", "shop", kWeb),
    plan("dev", "discovery", kDev),
    plan("app", "services", kServices),
};

constexpr std::array<InstanceType, 6> kInstanceTypes = {
    InstanceType{"m6i.2xlarge", 8, 32, .0335, .0036},
    InstanceType{"c6i.2xlarge", 8, 16, .0245, .00315, .3},
    InstanceType{"r6i.2xlarge", 8, 64, .034, .003625},
    InstanceType{"m6i.2xlarge", 8, 32, .0112, .0012, 0, true},
    InstanceType{"m6a.4xlarge", 16, 64, .0124, .0013, 0, true},
    InstanceType{"g5.2xlarge", 8, 32, .0325, .0034, 0, false, 1, .8431},
};

// As many pods as are asked for.
constexpr Template kSurge = deployment("surge", 0, {4, 3.6}, {16384, 14000}).runs("surge");
constexpr InstanceType kSurgeNode{"m6i.4xlarge", 16, 64, .0335, .0036};

}  // namespace exporter::demo

// A seeded fake cluster that answers over HTTP as OpenCost does: same shapes, key order, rounding,
// escaping and errors. For the demo command, and for tests that need to know the right figures.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "exporter/clock.h"
#include "exporter/model/model.h"
#include "exporter/result.h"

namespace exporter::demo {

/// For this long a Deployment `surge` runs that many large pods in the namespace, on nodes that are
/// there for as long.
struct Surge {
  std::string name_space;
  int pods = 0;
  model::Window window;

  friend bool operator==(const Surge&, const Surge&) = default;
};

struct ClusterOptions {
  std::uint64_t seed = 42;
  std::string name = "demo";
  int nodes = 6;
  int pods = 60;  // at least this many; whole workloads
  std::vector<Surge> surges{};

  friend bool operator==(const ClusterOptions&, const ClusterOptions&) = default;
};

struct Inventory;  // for demo/ only

/// What the exporter's pod query is keyed by.
inline constexpr std::string_view kPodRows = "cluster,namespace,pod";
/// What its query for whole days is keyed by.
inline constexpr std::string_view kWorkloadRows = "cluster,namespace,controllerKind,controller";

/// What the cluster costs, by its own model. A function of the options and the window alone: it has
/// a past (from 2020 on) and a future, and answering twice gives the same bytes.
class Cluster {
 public:
  /// REQUIRES: every surge is in a namespace of the cluster.
  explicit Cluster(ClusterOptions options);
  ~Cluster();

  /// Body of GET /allocation, rows keyed by the comma list `aggregate` as OpenCost keys them.
  std::string allocation_json(model::Window window, std::string_view aggregate,
                              bool include_idle) const;
  /// Body of GET /assets.
  std::string assets_json(model::Window window) const;

  /// What an exact reader of the answer must arrive at, in millionths: each row's cost rounded as
  /// it is printed, then summed. The sums of namespaces depend on what the rows were aggregated by.
  /// `<namespace>-unmounted-pvcs` belongs to its namespace; `__unmounted__` and idle are not in.
  std::map<std::string, model::Costs> namespace_costs(model::Window window,
                                                      std::string_view aggregate = kPodRows) const;
  model::Costs idle_costs(model::Window window) const;
  /// Volumes and load balancers in the namespace `__unmounted__`.
  model::Costs unmounted_costs(model::Window window) const;
  /// Totals of the node assets, by node name.
  std::map<std::string, Cost> node_costs(model::Window window) const;

  const ClusterOptions& options() const { return options_; }
  const Inventory& inventory() const { return *inventory_; }

 private:
  ClusterOptions options_;
  std::unique_ptr<const Inventory> inventory_;
};

/// A cluster behind a socket, answering as OpenCost does, one request at a time. Nothing is spent
/// after the present: where a window reaches past it, rows end there.
///
/// It also fails on demand: the kinds of fault and what each does are listed by GET /demo/fault and
/// in docs/demo.md, and POST /demo/fault?kind=..&count=.. is fail_next. POST /demo/surge makes
/// costs jump, as that page says, too.
class Server {
 public:
  /// Listens on 127.0.0.1 at a free port. The present is the machine's.
  static Result<std::unique_ptr<Server>> start(ClusterOptions options);
  /// The present is that of `clock`, which must outlive the server.
  static Result<std::unique_ptr<Server>> start(ClusterOptions options, const Clock& clock);
  /// Ends at once, whatever clients still wait for.
  ~Server();

  std::string url() const;  // http://127.0.0.1:PORT
  /// With the surges that were asked for so far.
  std::shared_ptr<const Cluster> cluster() const;

  /// The next `count` allocation or asset requests get this fault. Faults queue up.
  Result<void> fail_next(std::string_view kind, int count);
  /// Samples of the last `lag` are not there yet, as when Prometheus is behind.
  void fall_behind(std::chrono::seconds lag);
  /// Samples from before are gone, and nothing is answered for them, without a word about it.
  void forget_before(std::chrono::sys_seconds time);
  /// Path and query of every request so far, as they were sent.
  std::vector<std::string> requests() const;

  struct State;  // for demo/ only

 private:
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace exporter::demo

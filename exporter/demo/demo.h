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

struct ClusterOptions {
  std::uint64_t seed = 42;
  std::string name = "demo";
  int nodes = 6;
  int pods = 60;  // at least this many; whole workloads

  friend bool operator==(const ClusterOptions&, const ClusterOptions&) = default;
};

/// What the cluster costs, by its own model. A function of the options and the window alone: it has
/// a past and a future, and answering twice gives the same bytes.
class Cluster {
 public:
  explicit Cluster(ClusterOptions options);
  ~Cluster();

  /// Body of GET /allocation, rows keyed by the comma list `aggregate` as OpenCost keys them.
  std::string allocation_json(model::Window window, std::string_view aggregate,
                              bool include_idle) const;
  /// Body of GET /assets.
  std::string assets_json(model::Window window) const;

  /// The model's own sums over a window, rounded as OpenCost's rows are, in millionths.
  std::map<std::string, model::Costs> namespace_costs(model::Window window) const;
  std::map<std::string, Cost> node_costs(model::Window window) const;
  model::Costs idle_costs(model::Window window) const;
  model::Costs unmounted_costs(model::Window window) const;

  const ClusterOptions& options() const { return options_; }

 private:
  struct Model;
  ClusterOptions options_;
  std::unique_ptr<const Model> model_;
};

/// Faults to answer with, one request each. Also set over HTTP: POST /demo/fault?kind=..&count=..
/// The kinds and what each does are listed by GET /demo/fault and in docs/demo.md.
class Server {
 public:
  /// Listens on 127.0.0.1 at a free port.
  static Result<std::unique_ptr<Server>> start(ClusterOptions options);
  ~Server();

  std::string url() const;  // http://127.0.0.1:PORT
  const Cluster& cluster() const;

  /// The next `count` allocation or asset requests get this fault.
  Result<void> fail_next(std::string_view kind, int count);
  /// Path and query of every request so far.
  std::vector<std::string> requests() const;

  struct State;  // for demo/ only

 private:
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace exporter::demo

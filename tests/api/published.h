// A publication with findings put in by hand, asked for all the way to bytes, for the tests of
// api/.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "exporter/api/serve.h"
#include "tests/api/publications.h"

namespace exporter::api::samples {

using Json = nlohmann::ordered_json;

/// What a world publishes, to be changed at will. The world must outlive it.
class Published {
 public:
  explicit Published(World& world)
      : world_(world), publication_(std::make_shared<poll::Publication>(*world.publication())) {}

  poll::Publication& operator*() { return *publication_; }
  poll::Publication* operator->() { return publication_.get(); }
  cost::SourceReport& source(std::size_t index) { return publication_->report.sources.at(index); }

  Answer<Table> ask(const RowsRoute& route, const access::Caller& caller) {
    const Parameters parameters;
    const Scope scope(caller, publication_->rules);
    return route.rows(
        {sources(), *publication_, publication_, scope, caller, parameters, world_.clock.now()});
  }

  Reply serve(const RowsRoute& route, const access::Caller& caller, std::string_view query = {},
              std::string_view accept = {}) {
    const Endpoint endpoint{.route = {"/api/v1/route", "GET", Who::callers, "A route."},
                            .tag = {},
                            .details = {},
                            .rows = &route};
    board_.put(publication_);
    return api::serve(endpoint, sources(),
                      {.method = "GET", .path = "/api/v1/route", .query = query, .accept = accept},
                      caller);
  }
  Json json(const RowsRoute& route, const access::Caller& caller, std::string_view query = {}) {
    return Json::parse(serve(route, caller, query).body);
  }

 private:
  Sources sources() { return {world_.clock, board_, world_.ledger, collections_}; }

  World& world_;
  std::shared_ptr<poll::Publication> publication_;
  poll::Board board_;
  poll::Collections collections_{world_.clock};
};

}  // namespace exporter::api::samples

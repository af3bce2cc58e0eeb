#include "exporter/demo/routes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "exporter/demo/answers.h"
#include "exporter/demo/json.h"
#include "exporter/demo/window.h"

namespace exporter::demo {

namespace {

constexpr std::string_view kVersion = "1.121.3";
// More sets than this are a mistake in the question rather than one.
constexpr std::size_t kMostSteps = 10000;

constexpr std::array<std::string_view, 18> kFilterFields = {
    "cluster",        "node",       "namespace",   "controllerName",
    "controllerKind", "container",  "pod",         "provider",
    "services",       "label",      "annotation",  "nodeLabel",
    "namespaceLabel", "department", "environment", "owner",
    "product",        "team"};

// The first field OpenCost would not know; empty when the filter is one it could read.
std::string unknown_field(std::string_view filter) {
  while (!filter.empty()) {
    const std::size_t start = filter.find_first_not_of("+|( )");
    if (start == std::string_view::npos) return "";
    filter.remove_prefix(start);
    const std::string_view field = filter.substr(0, filter.find_first_of("[:!~<\"+|"));
    const auto known = std::find(kFilterFields.begin(), kFilterFields.end(), field);
    if (known == kFilterFields.end()) return std::string(field);
    const std::size_t quote = filter.rfind('"', filter.find_first_of("+|"));
    if (quote == std::string_view::npos) return std::string(field);
    filter.remove_prefix(quote + 1);
  }
  return "";
}

Reply bad_window(const Error& error) {
  return plain_text(400, fmt::format("Invalid 'window' parameter: {}\n", error.message));
}

std::string printed(model::Window window) {
  return fmt::format("[{}, {})", model::format_time(window.start), model::format_time(window.end));
}

Reply allocation(const Cluster& cluster, const Request& request, std::chrono::sys_seconds now,
                 model::Window known) {
  const auto window = parse_window(request.parameter("window"), now);
  if (!window) return bad_window(window.error());
  if (window->end < window->start) return error_envelope("illegal window: " + printed(*window));
  if (const std::string field = unknown_field(request.parameter("filter")); !field.empty()) {
    return error_envelope(fmt::format(
        "invalid filter: parsing filter: 1 error occurred:\n\t* at '{}': expect filter field\n\n",
        field));
  }
  std::vector<model::Window> sets = {*window};
  if (const std::string step = request.parameter("step"); !step.empty()) {
    const auto length = parse_step(step);
    if (!length) return plain_text(400, fmt::format("Invalid step parameter: {}\n", step));
    if (!request.flag("accumulate")) sets = split(*window, *length);
  }
  if (window->start == window->end || sets.size() > kMostSteps) sets.clear();

  Question question;
  question.aggregate = parse_aggregate(request.parameter("aggregate"));
  question.idle = request.flag("includeIdle") ? Idle::include : Idle::leave_out;
  question.metadata =
      request.flag("includeAggregatedMetadata") ? Metadata::keep_common : Metadata::leave_out;
  question.since = known.start;
  Reply reply;
  reply.body = R"({"code":200,"data":[)";
  for (const model::Window& set : sets) {
    if (&set != sets.data()) reply.body += ',';
    question.window = set;
    question.until = std::min(set.end, known.end);
    append_allocation_set(cluster.inventory(), cluster.options().name, question, reply.body);
  }
  reply.body += "]}\n";
  return reply;
}

Reply assets(const Cluster& cluster, const Request& request, std::chrono::sys_seconds now,
             model::Window known) {
  const auto window = parse_window(request.parameter("window"), now);
  if (!window) return bad_window(window.error());
  Question question;
  question.window = *window;
  question.until = std::min(window->end, known.end);
  question.since = known.start;
  Reply reply;
  reply.body = R"({"code":200,"data":)";
  append_assets(cluster.inventory(), cluster.options().name, question, reply.body);
  reply.body += "}\n";
  return reply;
}

Reply install_info(const Cluster& cluster, std::chrono::sys_seconds now) {
  const Inventory& inventory = cluster.inventory();
  const auto there = [&](const Node& node) {
    return node.exists.start <= now && now < node.exists.end;
  };
  const auto runs = [&](const Place& place) {
    const Schedule& schedule = inventory.workloads[place.workload].schedule;
    return schedule.period == schedule.length && there(inventory.nodes[place.node]);
  };
  Reply reply;
  reply.body = fmt::format(
      R"({{"containers":[{{"containerName":"opencost","image":"opencost:{0}","imageID":"",)"
      R"("startTime":"2020-01-01T00:00:00Z","restarts":"0"}}],)"
      R"("clusterInfo":{{"nodeCount":"{1}","podCount":"{2}"}},"version":"{0}"}})",
      kVersion, std::count_if(inventory.nodes.begin(), inventory.nodes.end(), there),
      std::count_if(inventory.places.begin(), inventory.places.end(), runs));
  return reply;
}

}  // namespace

std::string Request::parameter(const std::string& name) const {
  const auto found = parameters.find(name);
  return found == parameters.end() ? "" : found->second;
}

bool Request::flag(const std::string& name) const {
  const std::string value = parameter(name);
  constexpr std::array<std::string_view, 6> kTrue = {"1", "t", "T", "TRUE", "true", "True"};
  return std::find(kTrue.begin(), kTrue.end(), value) != kTrue.end();
}

Reply plain_text(unsigned status, std::string body) {
  Reply reply;
  reply.status = status;
  reply.type = "text/plain; charset=utf-8";
  reply.body = std::move(body);
  reply.headers.emplace_back("X-Content-Type-Options", "nosniff");
  return reply;
}

Reply error_envelope(std::string_view message) {
  Reply reply;
  reply.status = 500;
  reply.body = R"({"code":500,"data":null,"message":)";
  append_string(reply.body, message);
  reply.body += "}\n";
  return reply;
}

bool is_question(std::string_view path) {
  return path == "/allocation" || path == "/allocation/compute" || path == "/assets";
}

Reply answer(const Cluster& cluster, const Request& request, std::chrono::sys_seconds now,
             model::Window samples) {
  const std::string& path = request.path;
  const bool known = is_question(path) || path == "/healthz" || path == "/installInfo";
  if (!known) return plain_text(404, "404 page not found\n");
  if (request.method != "GET") return plain_text(405, "Method Not Allowed\n");
  if (path == "/healthz") {
    Reply reply;
    reply.type.clear();
    return reply;
  }
  if (path == "/installInfo") return install_info(cluster, now);
  return path == "/assets" ? assets(cluster, request, now, samples)
                           : allocation(cluster, request, now, samples);
}

}  // namespace exporter::demo

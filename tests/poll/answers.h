// Small answers of OpenCost, written by hand.
#pragma once

#include <fmt/format.h>

#include <string>
#include <vector>

#include "exporter/opencost/opencost.h"

namespace exporter::poll::samples {

struct AnswerOptions {
  std::string cluster = "c";
  int rows = 2;
  /// Cost of each row's CPU.
  double cpu = 1;
  /// One row more, whose cost is null.
  bool rejected = false;
};

inline std::string enveloped(std::string_view data) {
  return fmt::format(R"({{"code":200,"data":{}}})", data);
}

/// What OpenCost would say to `question`: pods, workloads or nodes.
inline std::string answer(const opencost::Question& question, const AnswerOptions& options = {}) {
  const std::string life = fmt::format(R"("start":"{}","end":"{}","minutes":60)",
                                       model::format_time(question.window.start),
                                       model::format_time(question.window.end));
  std::string rows;
  const auto add = [&](const std::string& key, const std::string& row) {
    rows += fmt::format(R"({}"{}":{{{}}})", rows.empty() ? "" : ",", key, row);
  };
  for (int i = 0; i < options.rows; ++i) {
    if (question.query == opencost::Query::assets) {
      add(fmt::format("n{}", i),
          fmt::format(R"("type":"Node","properties":{{"cluster":"{}","name":"n{}"}},{},)"
                      R"("nodeType":"m5","preemptible":0,"totalCost":{:.6f})",
                      options.cluster, i, life, 10 * options.cpu));
      continue;
    }
    const bool pods = question.query == opencost::Query::current;
    const std::string who = pods ? fmt::format(R"("pod":"p{}","node":"n{}")", i, i)
                                 : fmt::format(R"("controllerKind":"job","controller":"j{}")", i);
    add(fmt::format("{}/ns/{}", options.cluster, i),
        fmt::format(R"("properties":{{"cluster":"{}","namespace":"ns",{}}},{},)"
                    R"("cpuCoreHours":1,"cpuCost":{:.5f},"totalCost":{:.5f})",
                    options.cluster, who, life, options.cpu, options.cpu));
  }
  if (options.rejected) {
    add("bad", fmt::format(R"("type":"Node","properties":{{"cluster":"{}","namespace":"ns",)"
                           R"("pod":"bad","name":"bad"}},{},"cpuCost":null,"totalCost":null)",
                           options.cluster, life));
  }
  return enveloped(question.query == opencost::Query::assets ? "{" + rows + "}"
                                                             : "[{" + rows + "}]");
}

/// Decoded as the poller would.
inline opencost::AllocationAnswer allocations(const opencost::Question& question,
                                              const AnswerOptions& options = {}) {
  opencost::AllocationDecoder decoder(question, {}, {});
  decoder.feed(answer(question, options));
  return std::move(decoder.finish().value());
}

inline opencost::AssetAnswer assets(const opencost::Question& question,
                                    const AnswerOptions& options = {}) {
  opencost::AssetDecoder decoder(question, {}, {});
  decoder.feed(answer(question, options));
  return std::move(decoder.finish().value());
}

}  // namespace exporter::poll::samples

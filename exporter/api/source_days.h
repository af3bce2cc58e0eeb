// What is known of the days of one source: finished ones in the ledger, and today. Inside api/
// only.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "exporter/api/route.h"

namespace exporter::api {

using Tables = std::vector<std::shared_ptr<const model::AllocationTable>>;

/// The day of the calendar on which it was published.
std::chrono::local_days today_of(const poll::Publication& publication);

/// Days that did not record all of `labels` are not known.
class SourceDays {
 public:
  /// `question` and `source`, which is of its publication, must outlive it.
  SourceDays(const Question& question, const cost::SourceReport& source,
             std::vector<std::string> labels);

  struct Part {
    Tables tables;
    bool any = false;  // a day at least is known; it may have no rows
    cost::Coverage coverage;
  };
  /// Of days up to and with today; what comes later has not elapsed. Sums that follow each other
  /// are made at once.
  Result<Part, ledger::Failure> part(model::Days days) const;

  /// Up to where today is known, or has elapsed.
  std::chrono::sys_seconds end() const;

 private:
  const ledger::Entry* find(model::Window day) const;
  bool recorded(const std::vector<std::string>& labels) const;
  bool recorded(const cost::PeriodCost& day) const;
  void add(Part& part, const cost::PeriodCost& day) const;

  const Question& question_;
  const cost::SourceReport& source_;
  const std::vector<std::string> labels_;
  const std::vector<ledger::Entry> entries_;
  const std::chrono::local_days today_;
};

}  // namespace exporter::api

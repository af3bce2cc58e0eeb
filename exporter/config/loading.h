// A configuration on its way: what has been read so far, where each value came from, and what was
// wrong. The sources are taken weakest first; a later one overwrites.
//
// Reading is what a file of any kind needs, Loading the exporter's own configuration.
#pragma once

#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "exporter/config/config.h"
#include "exporter/config/settings.h"

namespace exporter::config {

/// Where a value stands. The file's faults name the key as well; a variable and a flag say it all.
struct Place {
  std::string label;  // `config.yaml:12`, `environment CACHE_TTL`, `flag --log.level`
  bool in_file = true;
  int line = 0;
};

class Reading {
 public:
  explicit Reading(std::string_view file) : file_(file) {}

  Place line(int number) const;
  static Place variable(std::string_view name);
  static Place flag(std::string_view name);

  /// Notes where the value at `path` stands, from now on; what stood below it is gone.
  void found(const std::string& path, Place place);
  bool was_found(const std::string& path) const { return places_.contains(path); }
  /// Refused values are left out of checks that compare or ask for them.
  void refuse(const std::string& path) { refused_.insert(path); }
  bool was_refused(const std::string& path) const { return refused_.contains(path); }
  /// Something was wrong at `path` or below it, so that what is missing there may only look so.
  bool has_faults(const std::string& path) const;

  /// A fault where the value at `path`, or else the nearest section around it, stands.
  void fault(const std::string& path, std::string_view message);
  void fault(const Place& place, std::string_view path, std::string_view message);

  /// Puts one value into the configuration, or says why not.
  template <class Target>
  void apply(const Setting<Target>& setting, Target& target, const std::string& path,
             const Item& item, Place place) {
    const auto applied = setting.apply(target, item);
    if (!applied) {
      fault(place, path, applied.error().message);
      refuse(path);
    }
    found(path, std::move(place));
  }

  /// In the order of the header's promise; a long list is cut.
  Faults faults() const;

 private:
  struct Found {
    int line;
    std::string text;
  };

  std::string file_;
  std::map<std::string, Place> places_;
  std::set<std::string> refused_;
  std::set<std::string> faulty_;  // paths
  std::vector<Found> faults_;
};

struct Loading : Reading {
  using Reading::Reading;

  Config config;
};

enum class Clusters { required, optional };

void take_file(Loading& loading, std::string_view yaml);
void take_environment(Loading& loading, const Environment& environment);
void take_flags(Loading& loading, const std::map<std::string, std::string>& flags);
/// What can be said only once all is read: defaults that depend on other values, and
/// contradictions.
void complete(Loading& loading, Clusters clusters);
/// The parts of it that are about these sections.
void complete_tenants(Loading& loading);
void complete_shared(Loading& loading);
void complete_savings(Loading& loading);
void complete_policies(Loading& loading);
void complete_budgets(Loading& loading);
void complete_metrics(Loading& loading);
void complete_api(Loading& loading);

/// `a, b,c` -> one value of a list setting per item, `a=1, b=2` -> one of a map setting per entry;
/// any other setting takes the text whole.
void apply_text(Loading& loading, const Setting<Config>& setting, std::string_view text,
                const Place& place);

}  // namespace exporter::config

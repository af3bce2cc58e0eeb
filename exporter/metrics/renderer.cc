#include <utility>

#include "exporter/metrics/churn.h"
#include "exporter/metrics/families.h"
#include "exporter/metrics/survey.h"
#include "exporter/metrics/writer.h"

namespace exporter::metrics {

struct Renderer::State {
  std::vector<std::uint64_t> series;  // of the last page, as series_hash() has them, in its order
  FoldStates folded;

  Folding fold(const Report& report, const Options& options);
};

Folding Renderer::State::fold(const Report& report, const Options& options) {
  const Caps caps = {options.max_family_series, options.max_series};
  Folding nothing;
  const Content whole = {report, options, nothing};
  bool was_folded = false;
  for (const FoldState& kind : folded) was_folded = was_folded || kind.rows;
  if (!was_folded) {
    SeriesCounter counter;
    write_families(counter, whole);
    if (counter.counts().fit(caps)) return nothing;
  }
  Survey survey(series);
  write_families(survey, whole);
  survey.finish();
  return choose(survey, caps, folded);
}

Renderer::Renderer() : state_(std::make_unique<State>()) {}

Renderer::~Renderer() = default;

Page Renderer::render(const Report& report, const Options& options) {
  const Folding folding = state_->fold(report, options);
  PageWriter writer;
  write_families(writer, {report, options, folding});
  std::vector<std::uint64_t> series = writer.take_series();
  Page page = writer.finish();
  const Churn churn = difference(state_->series, series);
  page.added = churn.added;
  page.removed = churn.removed;
  for (std::size_t i = 0; i < kFoldables; ++i) {
    page.folded.emplace_back(kFoldable[i].family->name, folding.folded[i]);
  }
  series.shrink_to_fit();
  state_->series = std::move(series);
  return page;
}

Page render(const Report& report, const Options& options) {
  return Renderer().render(report, options);
}

}  // namespace exporter::metrics

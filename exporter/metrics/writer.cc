#include "exporter/metrics/writer.h"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <cstring>

namespace exporter::metrics {
namespace {

// Large enough that the calls and the iovec entries do not count, small enough for the cache.
constexpr std::size_t kBlockBytes = 256u << 10;

bool needs_escape(char c) { return c == '"' || c == '\\' || c == '\n'; }

}  // namespace

struct Deflater::Stream {
  isal_zstream zstream;
  std::unique_ptr<std::uint8_t[]> work =
      std::make_unique_for_overwrite<std::uint8_t[]>(ISAL_DEF_LVL1_DEFAULT);
  std::unique_ptr<char[]> out = std::make_unique_for_overwrite<char[]>(kBlockBytes);
};

Deflater::Deflater() : stream_(std::make_unique<Stream>()) {
  isal_zstream& z = stream_->zstream;
  isal_deflate_init(&z);
  z.level = 1;
  z.level_buf = stream_->work.get();
  z.level_buf_size = ISAL_DEF_LVL1_DEFAULT;
  z.gzip_flag = IGZIP_DEFLATE;
}

Deflater::~Deflater() = default;

void Deflater::run(std::string_view text, bool flush) {
  isal_zstream& z = stream_->zstream;
  // ISA-L's pointer is not to const, but it only reads.
  z.next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<std::uint32_t>(text.size());
  z.flush = flush ? SYNC_FLUSH : NO_FLUSH;
  z.end_of_stream = 0;
  do {
    z.next_out = reinterpret_cast<std::uint8_t*>(stream_->out.get());
    z.avail_out = kBlockBytes;
    isal_deflate(&z);
    const std::size_t produced = kBlockBytes - z.avail_out;
    if (produced > 0) blocks_.emplace_back(stream_->out.get(), produced);
  } while (z.avail_out == 0 || z.avail_in > 0);
}

void Deflater::add(std::string_view text) { run(text, false); }

void Deflater::flush() { run({}, true); }

std::vector<std::string> Deflater::take_blocks() { return std::move(blocks_); }

std::vector<std::string> inflate(const std::vector<std::string>& deflated) {
  std::vector<std::string> blocks;
  inflate_state state;
  isal_inflate_init(&state);
  const auto room = std::make_unique_for_overwrite<char[]>(kBlockBytes);
  for (const std::string& block : deflated) {
    state.next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(block.data()));
    state.avail_in = static_cast<std::uint32_t>(block.size());
    do {
      state.next_out = reinterpret_cast<std::uint8_t*>(room.get());
      state.avail_out = kBlockBytes;
      if (isal_inflate(&state) != ISAL_DECOMP_OK) std::abort();  // we deflated it ourselves
      const std::size_t produced = kBlockBytes - state.avail_out;
      if (produced > 0) blocks.emplace_back(room.get(), produced);
    } while (state.avail_out == 0);
  }
  return blocks;
}

std::string deflate_last(std::string_view text) {
  isal_zstream z;
  isal_deflate_stateless_init(&z);
  z.end_of_stream = 1;
  z.next_in = reinterpret_cast<std::uint8_t*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<std::uint32_t>(text.size());
  // What does not shrink is stored, five bytes of header for each 64 KiB.
  std::string out(text.size() + text.size() / 4096 + 64, '\0');
  z.next_out = reinterpret_cast<std::uint8_t*>(out.data());
  z.avail_out = static_cast<std::uint32_t>(out.size());
  isal_deflate_stateless(&z);
  out.resize(z.total_out);
  return out;
}

std::uint32_t crc32(std::uint32_t crc, std::string_view text) {
  return crc32_gzip_refl(crc, reinterpret_cast<const unsigned char*>(text.data()), text.size());
}

void append_label_value(std::string& out, std::string_view value) {
  while (true) {
    std::size_t special = 0;
    while (special < value.size() && !needs_escape(value[special])) ++special;
    out.append(value.substr(0, special));
    if (special == value.size()) return;
    out += '\\';
    out += value[special] == '\n' ? 'n' : value[special];
    value.remove_prefix(special + 1);
  }
}

void append_number(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
  } else {
    constexpr double kWhole = 9'007'199'254'740'992;  // up to 2^53 each whole number is a double
    char digits[32];
    char* const last = digits + sizeof digits;
    const bool whole = value != 0 && value == std::trunc(value) && std::abs(value) <= kWhole;
    const auto end = whole ? std::to_chars(digits, last, static_cast<std::int64_t>(value)).ptr
                           : std::to_chars(digits, last, value).ptr;
    out.append(digits, end);
  }
}

void append_header(std::string& out, std::string_view name, const MetricSpec& spec) {
  constexpr std::string_view kTypes[] = {"gauge", "counter", "histogram"};
  out += "# HELP ";
  out += name;
  out += ' ';
  out += spec.help;
  out += "\n# TYPE ";
  out += name;
  out += ' ';
  out += kTypes[static_cast<std::size_t>(spec.type)];
  out += '\n';
}

Page::Page() : text_(std::make_unique<Text>()) {}

Page::Page(std::vector<std::string> text) : Page() {
  std::call_once(text_->once, [&] { text_->blocks = std::move(text); });
  for (const std::string& block : text_->blocks) {
    text_bytes += block.size();
    crc32 = metrics::crc32(crc32, block);
  }
}

const std::vector<std::string>& Page::text() const {
  std::call_once(text_->once, [this] { text_->blocks = inflate(deflated); });
  return text_->blocks;
}

PageWriter::PageWriter() { text_.reserve(kBlockBytes + 4096); }

void PageWriter::family(const MetricSpec& spec) {
  spec_ = &spec;
  headed_ = false;
  family_ = family_hash(spec);
}

void PageWriter::begin() {
  prefix_.assign(spec_->name);
  prefix_ += '{';
  next_label_ = 0;
  labels_ = 0;
}

void PageWriter::label(std::string_view value) {
  prefix_ += spec_->labels[next_label_++];
  prefix_ += "=\"";
  append_label_value(prefix_, value);
  prefix_ += "\",";
  labels_ = chained(labels_, value);
}

void PageWriter::sample(std::string_view last_label, double value) {
  if (!headed_) {
    append_header(text_, spec_->name, *spec_);
    headed_ = true;
  }
  text_ += prefix_;
  if (next_label_ == 0 && last_label.empty()) {
    text_.pop_back();
  } else if (last_label.empty()) {
    text_.back() = '}';
  } else {
    text_ += spec_->labels[next_label_];
    text_ += "=\"";
    text_ += last_label;
    text_ += "\"}";
  }
  text_ += ' ';
  append_number(text_, value);
  text_ += '\n';
  ++page_.series;
  series_.push_back(series_hash(labels_, family_, last_label));
  if (text_.size() >= kBlockBytes) pour();
}

void PageWriter::pour() {
  if (text_.empty()) return;
  page_.crc32 = crc32(page_.crc32, text_);
  page_.text_bytes += text_.size();
  deflater_.add(text_);
  text_.clear();
}

Page PageWriter::finish() {
  pour();
  deflater_.flush();
  page_.deflated = deflater_.take_blocks();
  for (const std::string& block : page_.deflated) page_.deflated_bytes += block.size();
  return std::move(page_);
}

}  // namespace exporter::metrics

#include "copy_progress.hpp"

#include <charconv>
#include <fstream>
#include <sstream>
#include <system_error>

namespace televisit::ctl {

namespace {

constexpr char kHeading[] = "televisit storage copy 1";

/// A place may hold any byte.
std::string in_hex(std::string_view bytes) {
    constexpr char kDigits[] = "0123456789abcdef";
    std::string text = "x";
    for (const char c : bytes) {
        text += kDigits[static_cast<std::uint8_t>(c) >> 4U];
        text += kDigits[static_cast<std::uint8_t>(c) & 0xfU];
    }
    return text;
}

std::optional<std::string> from_hex(std::string_view text) {
    if (!text.starts_with('x') || text.size() % 2 == 0) return std::nullopt;
    std::string bytes;
    for (std::size_t i = 1; i < text.size(); i += 2) {
        std::uint8_t byte = 0;
        const auto [end, fault] = std::from_chars(text.data() + i, text.data() + i + 2, byte, 16);
        if (fault != std::errc() || end != text.data() + i + 2) return std::nullopt;
        bytes += static_cast<char>(byte);
    }
    return bytes;
}

std::optional<CopyProgress> parsed(std::istream& in) {
    CopyProgress progress;
    std::string line;
    if (!std::getline(in, line) || line != kHeading || !std::getline(in, progress.of)) return std::nullopt;
    std::string place;
    if (!(in >> progress.kind >> place) || progress.kind > kRecordKinds.size()) return std::nullopt;
    auto bytes = from_hex(place);
    if (!bytes) return std::nullopt;
    progress.place = *std::move(bytes);
    std::getline(in, line);
    for (auto& digest : progress.copied) {
        if (!std::getline(in, line)) return std::nullopt;
        auto read = RecordDigest::parse(line);
        if (!read.ok()) return std::nullopt;
        digest = *read;
    }
    return progress;
}

}  // namespace

Result<std::optional<CopyProgress>> ProgressFile::load() const {
    std::error_code ignored;
    if (!std::filesystem::exists(path_, ignored)) return std::optional<CopyProgress>{};
    std::ifstream in(path_, std::ios::binary);
    auto progress = parsed(in);
    if (!progress) return error(Errc::malformed, path_.string() + " does not tell how far a copy has come");
    return progress;
}

Result<void> ProgressFile::save(const CopyProgress& progress) const {
    auto next = path_;
    next += ".next";
    {
        std::ofstream out(next, std::ios::binary | std::ios::trunc);
        out << kHeading << '\n' << progress.of << '\n' << progress.kind << ' ' << in_hex(progress.place) << '\n';
        for (const auto& digest : progress.copied) out << digest.text() << '\n';
        out.flush();
        if (!out) return error(Errc::unavailable, "cannot write " + next.string());
    }
    std::error_code fault;
    std::filesystem::rename(next, path_, fault);
    if (fault) return error(Errc::unavailable, "cannot write " + path_.string() + ": " + fault.message());
    return {};
}

void ProgressFile::remove() const {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
}

}  // namespace televisit::ctl

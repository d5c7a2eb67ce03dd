/// What a WebSocket frame costs in each codec. Without arguments: nanoseconds a frame, and bytes a connection that is
/// idle.
///
///     codec_bench CODEC CASE FRAMES        only that, so many frames: for a profiler that counts instructions
///     codec_bench --codecs | --cases       their names
#include <malloc.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include "candidates.hpp"

namespace televisit::load {
namespace {

constexpr std::size_t kPadding = 64;
constexpr int kRepeats = 7;
constexpr double kSeconds = 0.2;

struct Case {
    const char* name;
    bool decode;
    std::size_t payload;
    std::size_t frames;  ///< written, or in the bytes that are read
    std::size_t read;    ///< bytes of one read; 0: all
};

constexpr Case kCases[] = {
    {"decode 300 B", true, 300, 1, 0},
    {"decode 3000 B", true, 3000, 1, 0},
    {"decode 8 x 300 B in a read", true, 300, 8, 0},
    {"decode 300 B in reads of 100 B", true, 300, 1, 100},
    {"decode 3000 B in reads of 1448 B", true, 3000, 1, 1448},
    {"encode 300 B", false, 300, 1, 0},
    {"encode 3000 B", false, 3000, 1, 0},
};

std::string text_of(std::size_t size) {
    std::string text = "42[\"ice_candidate\",{\"candidate\":\"";
    while (text.size() + 3 < size) text += static_cast<char>('a' + text.size() % 26);
    return text + "\"}]";
}

std::string client_frame(std::string_view payload) {
    std::string frame{'\x81'};
    if (payload.size() < 126) {
        frame += static_cast<char>(0x80 | payload.size());
    } else {
        frame += '\xfe';
        frame += static_cast<char>(payload.size() >> 8);
        frame += static_cast<char>(payload.size());
    }
    constexpr std::string_view kMask = "\x37\xfa\x21\x3d";
    frame += kMask;
    for (std::size_t i = 0; i < payload.size(); ++i) frame += static_cast<char>(payload[i] ^ kMask[i % 4]);
    return frame;
}

// One connection that does a case over and over. Every read is a copy into a buffer, as the kernel makes one.
class Work {
  public:
    Work(const NamedCandidate& candidate, const Case& what) : case_(what), codec_(candidate.make()) {
        text_ = text_of(what.payload);
        for (std::size_t i = 0; i < what.frames; ++i) wire_ += client_frame(text_);
        read_.resize(wire_.size() + kPadding);
    }

    /// Returns how many frames that were.
    std::size_t once() {
        case_.decode ? decode() : encode();
        return case_.frames;
    }

  private:
    void decode() {
        const std::size_t step = case_.read > 0 ? case_.read : wire_.size();
        std::size_t bytes = 0;
        for (std::size_t at = 0; at < wire_.size(); at += step) {
            const std::size_t count = std::min(step, wire_.size() - at);
            std::memcpy(read_.data(), wire_.data() + at, count);
            bytes += codec_->decode({read_.data(), count});
        }
        if (bytes != text_.size() * case_.frames) throw std::runtime_error("decoded something else");
    }

    void encode() {
        out_.clear();
        codec_->encode(text_, out_);
        if (out_.size() != text_.size() + 4) throw std::runtime_error("encoded something else");
    }

    const Case& case_;
    std::unique_ptr<Candidate> codec_;
    std::string text_, wire_, out_;
    std::vector<char> read_;
};

double cpu_seconds() {
    timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

double nanoseconds(const NamedCandidate& candidate, const Case& what) {
    Work work(candidate, what);
    std::vector<double> results;
    for (int repeat = 0; repeat < kRepeats; ++repeat) {
        std::size_t frames = 0;
        const double began = cpu_seconds();
        double took = 0;
        while (took < kSeconds) {
            for (int i = 0; i < 1000; ++i) frames += work.once();
            took = cpu_seconds() - began;
        }
        results.push_back(took * 1e9 / static_cast<double>(frames));
    }
    std::nth_element(results.begin(), results.begin() + kRepeats / 2, results.end());
    return results[kRepeats / 2];
}

// A connection that has received a message and sent one, and is silent since.
std::size_t idle_bytes(const NamedCandidate& candidate) {
    constexpr std::size_t kConnections = 1000;
    std::string wire = client_frame("42[\"a\"]"), out;
    std::vector<std::unique_ptr<Candidate>> connections(kConnections);
    out.reserve(64);
    const auto before = mallinfo2().uordblks;
    for (auto& connection : connections) {
        connection = candidate.make();
        std::vector<char> read(wire.begin(), wire.end());
        read.resize(wire.size() + kPadding);
        connection->decode({read.data(), wire.size()});
        out.clear();
        connection->encode("42[\"b\"]", out);
    }
    return (mallinfo2().uordblks - before) / kConnections;
}

int table() {
    std::printf("%-34s", "ns a frame");
    for (const auto& candidate : candidates()) std::printf(" %14s", candidate.name.c_str());
    for (const Case& what : kCases) {
        std::printf("\n%-34s", what.name);
        for (const auto& candidate : candidates()) std::printf(" %14.0f", nanoseconds(candidate, what));
    }
    std::printf("\n%-34s", "bytes an idle connection");
    for (const auto& candidate : candidates()) std::printf(" %14zu", idle_bytes(candidate));
    std::printf("\n");
    return 0;
}

int count(std::string_view codec, std::string_view name, std::size_t frames) {
    for (const auto& candidate : candidates())
        for (const Case& what : kCases)
            if (candidate.name == codec && what.name == name) {
                Work work(candidate, what);
                for (std::size_t done = 0; done < frames;) done += work.once();
                return 0;
            }
    std::fputs("codec_bench: no such codec or case\n", stderr);
    return 1;
}

}  // namespace
}  // namespace televisit::load

int main(int argc, char** argv) {
    using namespace televisit::load;
    if (argc == 1) return table();
    if (argc == 2 && argv[1] == std::string_view("--codecs")) {
        for (const auto& candidate : candidates()) std::puts(candidate.name.c_str());
        return 0;
    }
    if (argc == 2 && argv[1] == std::string_view("--cases")) {
        for (const Case& what : kCases) std::puts(what.name);
        return 0;
    }
    if (argc == 4) return count(argv[1], argv[2], std::strtoul(argv[3], nullptr, 10));
    std::fputs("usage: codec_bench [CODEC CASE FRAMES | --codecs | --cases]\n", stderr);
    return 1;
}

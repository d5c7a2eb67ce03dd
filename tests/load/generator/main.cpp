/// sioload: many Socket.IO clients of a signaling server, in rooms of two, that check each message they receive. See
/// README.md beside this folder, and `sioload --help`.
#include <cstdio>
#include <memory>
#include <span>

#include "failure.hpp"
#include "generator.hpp"

int main(int argc, char** argv) {
    using namespace televisit::load;
    try {
        const auto options =
            parse_options(std::span<const char* const>(argv, static_cast<std::size_t>(argc)).subspan(1));
        if (!options) return 0;
        // On the heap, for the size of the histograms.
        const auto generator = std::make_unique<Generator>(*options);
        const auto figures = std::make_unique<Figures>(generator->run());
        std::fputs(report(*figures, *options).c_str(), stdout);
        return figures->status();
    } catch (const Failure& failure) {
        std::fprintf(stderr, "sioload: %s\n", failure.what());
        return 1;
    }
}

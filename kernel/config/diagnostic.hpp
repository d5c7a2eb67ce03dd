#pragma once
/// What is wrong with a configuration, and where.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "config/node.hpp"

namespace televisit::config {

/// One fault. `message` never holds the value of a secret, nor one that came from the environment or from a file.
struct Diagnostic {
    Mark mark{};
    std::string path{};  ///< dotted, e.g. "plugins[1].config.prot"; empty: the file as a whole
    std::string message{};
};

/// The faults found so far, in the order found. Keeps the first `kMost` and counts the rest, so that a hostile file
/// cannot make a report without end.
class Diagnostics {
  public:
    static constexpr std::size_t kMost = 100;

    void add(Mark mark, std::string path, std::string message);
    void append(const Diagnostics& others);

    bool empty() const noexcept { return kept_.empty(); }
    const std::vector<Diagnostic>& all() const noexcept { return kept_; }
    std::size_t dropped() const noexcept { return dropped_; }

  private:
    std::vector<Diagnostic> kept_;
    std::size_t dropped_ = 0;
};

/// `conf/x.yaml:12:5: plugins[1].config.prot: unknown key; did you mean 'port'?`, without a line end.
std::string to_text(const Diagnostic& diagnostic);

/// All of them, sorted by place, a line each with its line end; the last line tells how many were left out, if any.
std::string to_text(const Diagnostics& diagnostics);

/// A text as it may stand in a message: in single quotes, control characters escaped, cut after 60 characters.
std::string excerpt(std::string_view text);

}  // namespace televisit::config

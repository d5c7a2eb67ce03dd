#pragma once
/// Who needs whom, and the order of starting that follows from it.

#include <cstddef>
#include <string>
#include <vector>

namespace televisit::loader {

/// A plugin instance, or a service of the kernel, as the graph sees it.
struct GraphNode {
    std::string id;
    std::vector<std::string> provides{};
    std::vector<std::string> requires_{};
    std::vector<std::string> optional{};  ///< ordered after its provider, if there is one
};

/// What makes a start impossible.
struct GraphProblem {
    std::size_t node;  ///< whose it is
    std::string text;  ///< "signaling → televisit.socketio/1 → nobody provides it"
};

struct StartOrder {
    std::vector<std::size_t> order{};  ///< indices of nodes, providers before those who need them; else as given
    std::vector<GraphProblem> problems{};
};

/// `given` are the capabilities that are always there. A capability that two nodes provide is a problem, as are one
/// that nobody provides and a cycle.
StartOrder start_order(const std::vector<GraphNode>& nodes, const std::vector<std::string>& given);

}  // namespace televisit::loader

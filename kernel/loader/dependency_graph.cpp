#include "loader/dependency_graph.hpp"

#include <algorithm>
#include <map>

namespace televisit::loader {
namespace {

constexpr char kArrow[] = " → ";

/// Depth first, in the order given, so that the outcome is the same for the same input.
class Walk {
  public:
    Walk(const std::vector<GraphNode>& nodes, const std::vector<std::string>& given)
        : nodes_(nodes), given_(given), marks_(nodes.size(), Mark::fresh) {
        for (std::size_t i = 0; i < nodes_.size(); ++i)
            for (const std::string& capability : nodes_[i].provides) provide(i, capability);
    }

    StartOrder run() {
        for (std::size_t i = 0; i < nodes_.size(); ++i) visit(i);
        return std::move(result_);
    }

  private:
    enum class Mark { fresh, open, done };

    void provide(std::size_t node, const std::string& capability) {
        const auto [place, fresh] = providers_.emplace(capability, node);
        if (fresh) return;
        result_.problems.push_back({node, nodes_[node].id + " and " + nodes_[place->second].id + " both provide " +
                                              capability + ": only one of them can be used"});
    }

    void visit(std::size_t node) {
        if (marks_[node] != Mark::fresh) return;
        marks_[node] = Mark::open;
        for (const std::string& capability : nodes_[node].requires_) follow(node, capability, true);
        for (const std::string& capability : nodes_[node].optional) follow(node, capability, false);
        marks_[node] = Mark::done;
        result_.order.push_back(node);
    }

    void follow(std::size_t node, const std::string& capability, bool required) {
        path_.push_back({node, capability});
        const auto provider = providers_.find(capability);
        if (provider == providers_.end()) {
            const bool there = std::find(given_.begin(), given_.end(), capability) != given_.end();
            if (required && !there)
                result_.problems.push_back(
                    {node, nodes_[node].id + kArrow + capability + kArrow + "nobody provides it"});
        } else if (marks_[provider->second] == Mark::open) {
            result_.problems.push_back({node, cycle_to(provider->second) + ": a cycle, so neither can start first"});
        } else {
            visit(provider->second);
        }
        path_.pop_back();
    }

    std::string cycle_to(std::size_t node) const {
        std::string text;
        auto step = std::find_if(path_.begin(), path_.end(), [&](const Step& s) { return s.node == node; });
        for (; step != path_.end(); ++step) text += nodes_[step->node].id + kArrow + step->capability + kArrow;
        return text + nodes_[node].id;
    }

    struct Step {
        std::size_t node;
        std::string capability;
    };

    const std::vector<GraphNode>& nodes_;
    const std::vector<std::string>& given_;
    std::map<std::string, std::size_t> providers_;
    std::vector<Mark> marks_;
    std::vector<Step> path_;
    StartOrder result_;
};

}  // namespace

StartOrder start_order(const std::vector<GraphNode>& nodes, const std::vector<std::string>& given) {
    return Walk(nodes, given).run();
}

}  // namespace televisit::loader

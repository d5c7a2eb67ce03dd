#pragma once
/// A validated tree, as plugins and the kernel read it.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/node.hpp"
#include "televisit/sdk/config_view.hpp"

namespace televisit::config {

/// `ConfigView` over a validated map. **Threads**: any. **Owns**: a share of the whole tree, so that sections may
/// outlive the view they came from. **Errors**: `std::logic_error` for a key that the schema does not name, of another
/// type, or without a value.
class TreeView final : public ConfigView {
  public:
    explicit TreeView(std::shared_ptr<const Node> map) : map_(std::move(map)) {}

    bool has(std::string_view key) const override;
    std::string string(std::string_view key) const override;
    std::int64_t integer(std::string_view key) const override;
    double number(std::string_view key) const override;
    bool boolean(std::string_view key) const override;
    std::chrono::milliseconds duration(std::string_view key) const override;
    std::size_t bytes(std::string_view key) const override;
    std::vector<std::string> strings(std::string_view key) const override;
    std::unique_ptr<ConfigView> section(std::string_view key) const override;
    std::vector<std::unique_ptr<ConfigView>> sections(std::string_view key) const override;
    std::string where(std::string_view key) const override;

  private:
    const Node& declared(std::string_view key) const;
    const Node& typed(std::string_view key, Type type) const;
    std::unique_ptr<ConfigView> share(const Node& node) const;

    std::shared_ptr<const Node> map_;  ///< shared: it keeps the tree it is a part of
};

/// A view of a validated tree, which it takes over.
std::unique_ptr<ConfigView> view(Node tree);

}  // namespace televisit::config

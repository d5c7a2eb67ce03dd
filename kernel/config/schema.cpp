#include "config/schema.hpp"

#include <algorithm>

namespace televisit::config {

const Schema* Schema::find(std::string_view property) const noexcept {
    const auto found =
        std::find_if(properties.begin(), properties.end(), [&](const Property& one) { return one.name == property; });
    return found == properties.end() ? nullptr : &found->schema;
}

}  // namespace televisit::config

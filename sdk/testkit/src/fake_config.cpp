#include "televisit/testkit/fake_config.hpp"

#include <stdexcept>

namespace televisit::testkit {

FakeConfig::Value::Value(std::vector<FakeConfig> sections)
    : held_(std::make_shared<const std::vector<FakeConfig>>(std::move(sections))) {}

template <class T>
const T& FakeConfig::get(std::string_view key) const {
    const auto found = values_.find(key);
    if (found == values_.end()) throw std::logic_error("the test gives no value for '" + std::string(key) + "'");
    const auto* value = std::get_if<T>(&found->second.held_);
    if (!value) throw std::logic_error("the test gives '" + std::string(key) + "' a value of another type");
    return *value;
}

bool FakeConfig::has(std::string_view key) const {
    if (values_.contains(key)) return true;
    const auto prefix = std::string(key) + '.';
    const auto below = values_.lower_bound(prefix);
    return below != values_.end() && below->first.starts_with(prefix);
}

std::string FakeConfig::string(std::string_view key) const {
    return get<std::string>(key);
}

std::int64_t FakeConfig::integer(std::string_view key) const {
    return get<std::int64_t>(key);
}

double FakeConfig::number(std::string_view key) const {
    const auto found = values_.find(key);
    if (found != values_.end())
        if (const auto* whole = std::get_if<std::int64_t>(&found->second.held_)) return static_cast<double>(*whole);
    return get<double>(key);
}

bool FakeConfig::boolean(std::string_view key) const {
    return get<bool>(key);
}

std::chrono::milliseconds FakeConfig::duration(std::string_view key) const {
    return get<std::chrono::milliseconds>(key);
}

std::size_t FakeConfig::bytes(std::string_view key) const {
    return static_cast<std::size_t>(get<std::int64_t>(key));
}

std::vector<std::string> FakeConfig::strings(std::string_view key) const {
    return values_.contains(key) ? get<std::vector<std::string>>(key) : std::vector<std::string>{};
}

std::unique_ptr<ConfigView> FakeConfig::section(std::string_view key) const {
    auto below = std::make_unique<FakeConfig>();
    const auto prefix = std::string(key) + '.';
    for (const auto& [name, value] : values_)
        if (name.starts_with(prefix)) below->set(name.substr(prefix.size()), value);
    return below;
}

std::vector<std::unique_ptr<ConfigView>> FakeConfig::sections(std::string_view key) const {
    std::vector<std::unique_ptr<ConfigView>> result;
    if (!values_.contains(key)) return result;
    for (const auto& section : *get<std::shared_ptr<const std::vector<FakeConfig>>>(key))
        result.push_back(std::make_unique<FakeConfig>(section));
    return result;
}

std::string FakeConfig::where(std::string_view key) const {
    return has(key) ? "test:" + std::string(key) : "default";
}

}  // namespace televisit::testkit

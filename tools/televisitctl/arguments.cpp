#include "arguments.hpp"

#include <algorithm>
#include <charconv>

namespace televisit::ctl {

namespace {

Error usage_error(std::string message) {
    return error(Errc::invalid, std::move(message));
}

}  // namespace

Result<Arguments> Arguments::parse(std::span<const std::string> words, std::span<const Option> known,
                                   std::size_t operands) {
    Arguments parsed;
    bool only_operands = false;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (only_operands || !word.starts_with("--")) {
            if (parsed.operands_.size() == operands) return usage_error("unexpected argument: " + word);
            parsed.operands_.push_back(word);
            continue;
        }
        if (word == "--") {
            only_operands = true;
            continue;
        }
        const auto equals = word.find('=');
        const std::string name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
        const auto option = std::ranges::find(known, name, &Option::name);
        if (option == known.end()) return usage_error("unknown option: --" + name);
        std::string value;
        if (equals != std::string::npos) {
            if (option->value.empty()) return usage_error("--" + name + " takes no value");
            value = word.substr(equals + 1);
        } else if (!option->value.empty()) {
            if (++i == words.size()) return usage_error("--" + name + " needs a value");
            value = words[i];
        }
        if (!parsed.options_.emplace(name, std::move(value)).second)
            return usage_error("--" + name + " is given twice");
    }
    if (parsed.operands_.size() < operands) return usage_error("an argument is missing");
    return parsed;
}

std::optional<std::string> Arguments::get(std::string_view option) const {
    const auto found = options_.find(std::string(option));
    if (found == options_.end()) return std::nullopt;
    return found->second;
}

std::string Arguments::get(std::string_view option, std::string_view otherwise) const {
    return get(option).value_or(std::string(otherwise));
}

std::optional<long> whole_number(std::string_view text, long least, long most) {
    long value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc() || end != text.data() + text.size() || value < least || value > most) return std::nullopt;
    return value;
}

}  // namespace televisit::ctl

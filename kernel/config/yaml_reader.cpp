#include "config/yaml_reader.hpp"

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <sstream>

#include "config/text_file.hpp"
#include "config/yaml_events.hpp"

namespace televisit::config {

namespace {

Mark mark_at(std::string_view text, std::size_t offset, std::shared_ptr<const std::string> file) {
    const auto before = text.substr(0, offset);
    const auto line_start = before.rfind('\n') + 1;  // npos + 1 is 0: the first line
    const auto line = std::count(before.begin(), before.end(), '\n');
    const auto column = std::count_if(before.begin() + static_cast<std::ptrdiff_t>(line_start), before.end(),
                                      [](char c) { return (c & 0xC0) != 0x80; });
    return {std::move(file), static_cast<int>(line) + 1, static_cast<int>(column) + 1};
}

std::string syntax_message(const YAML::Exception& fault, std::string_view line) {
    std::string message = "not valid YAML: " + fault.msg;
    const bool star = fault.msg.find("anchor") != std::string::npos || fault.msg.find("alias") != std::string::npos;
    if (star) message += "; a text that begins with '*' or '&' must be quoted";
    if (fault.msg.find("EOF in scalar") != std::string::npos) message += "; a quote is not closed";
    const bool in_flow = fault.msg.find("flow not found") != std::string::npos;
    if (in_flow && line.find("${") != std::string_view::npos) {
        message += "; inside [ ] or { } a text with ${…} must be quoted";
    }
    return message;
}

void parse(std::string_view text, const std::shared_ptr<const std::string>& file, Loaded& loaded) {
    YamlEvents events(text, file, loaded);
    try {
        // yaml-cpp takes a quote that is never closed for closed when a line end is the last it sees: so it sees a
        // comment last.
        std::istringstream stream(std::string(text) + (text.ends_with('\n') ? "#" : "\n#"));
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(events)) {
        }
    } catch (const ReadingStopped&) {
        loaded.root.reset();
    } catch (const YAML::Exception& fault) {
        loaded.root.reset();
        loaded.problems.add(events.mark_of(fault.mark), {}, syntax_message(fault, events.line_of(fault.mark)));
    } catch (const std::ios_base::failure&) {
        loaded.root.reset();
        loaded.problems.add({file, 0, 0}, {}, "cannot be read");
    }
}

}  // namespace

Loaded read_yaml(std::string_view text, const std::string& name) {
    const auto file = std::make_shared<const std::string>(name);
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());

    Loaded loaded;
    if (text.size() > kMaxFileBytes) {
        loaded.problems.add({file, 0, 0}, {}, "is larger than " + std::to_string(kMaxFileBytes / 1024) + " KiB");
        return loaded;
    }
    if (const auto offset = first_bad_byte(text)) {
        loaded.problems.add(mark_at(text, *offset, file), {},
                            text[*offset] == '\0' ? "holds a NUL byte" : "holds a byte that is not UTF-8 text");
        return loaded;
    }
    parse(text, file, loaded);
    const bool blank = !loaded.root || (loaded.root->kind == Kind::null && !loaded.root->broken);
    if (loaded.problems.empty() && blank) {
        loaded.root = Node{};
        loaded.root->kind = Kind::map;
        loaded.root->mark = {file, 1, 1};
    }
    return loaded;
}

Loaded read_yaml_file(const std::filesystem::path& path) {
    auto file = read_text_file(path, kMaxFileBytes);
    if (file.problem.empty()) return read_yaml(file.text, path.string());
    Loaded loaded;
    loaded.problems.add({std::make_shared<const std::string>(path.string()), 0, 0}, {}, std::move(file.problem));
    return loaded;
}

}  // namespace televisit::config

#include "config/yaml_events.hpp"

#include <algorithm>
#include <utility>

namespace televisit::config {

namespace {

std::vector<std::string_view> split_lines(std::string_view text) {
    std::vector<std::string_view> lines;
    while (true) {
        const auto end = text.find('\n');
        lines.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return lines;
        text.remove_prefix(end + 1);
    }
}

}  // namespace

YamlEvents::YamlEvents(std::string_view text, std::shared_ptr<const std::string> file, Loaded& out)
    : lines_(split_lines(text)), file_(std::move(file)), out_(out) {}

std::string_view YamlEvents::line_of(const YAML::Mark& mark) const {
    const auto line = static_cast<std::size_t>(std::max(mark.line, 0));
    return line < lines_.size() ? lines_[line] : std::string_view();
}

Mark YamlEvents::mark_of(const YAML::Mark& mark) {
    if (mark.is_null()) return {file_, 0, 0};
    if (mark.line != counted_.line || mark.column < counted_.column) {
        counted_.line = mark.line;
        counted_.column = 0;
        inner_bytes_ = 0;
    }
    // yaml-cpp counts bytes; people and editors count characters. A line may be very long: no byte is counted twice.
    const auto line = line_of(mark);
    const auto from = std::min(static_cast<std::size_t>(counted_.column), line.size());
    const auto part = line.substr(from, static_cast<std::size_t>(mark.column - counted_.column));
    inner_bytes_ +=
        static_cast<int>(std::count_if(part.begin(), part.end(), [](char c) { return (c & 0xC0) == 0x80; }));
    counted_.column = mark.column;
    return {file_, mark.line + 1, mark.column + 1 - inner_bytes_};
}

void YamlEvents::OnDocumentStart(const YAML::Mark& mark) {
    if (std::exchange(seen_document_, true)) {
        report(mark_of(mark), "a second document begins here; the file must be one document");
        throw ReadingStopped{};
    }
}

void YamlEvents::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
    auto node = make(Kind::null, mark, {}, anchor);
    // The place of an empty value is where the next token begins, maybe lines below: its key says more.
    if (!open_.empty() && open_.back().has_key) node.mark = open_.back().key_mark;
    add(std::move(node), true);
}

void YamlEvents::OnAlias(const YAML::Mark& mark, YAML::anchor_t) {
    auto node = make(Kind::null, mark, {}, 0);
    node.broken = true;
    report(node.mark, "aliases (*name) are not supported; write the value out, or quote a text that begins with '*'");
    add(std::move(node), true);
}

void YamlEvents::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                          const std::string& value) {
    auto node = make(Kind::scalar, mark, tag, anchor);
    node.text = value;
    add(std::move(node), tag != "!");
}

void YamlEvents::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                                 YAML::EmitterStyle::value) {
    open(Kind::list, mark, tag, anchor);
}

void YamlEvents::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                            YAML::EmitterStyle::value) {
    open(Kind::map, mark, tag, anchor);
}

void YamlEvents::open(Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    auto node = make(kind, mark, tag, anchor);
    if (open_.size() >= kMaxDepth) {
        report(node.mark, "nested deeper than " + std::to_string(kMaxDepth) + " levels");
        throw ReadingStopped{};
    }
    open_.emplace_back().node = std::move(node);
}

void YamlEvents::close() {
    auto node = std::move(open_.back().node);
    open_.pop_back();
    add(std::move(node), false);
}

/// Puts a finished node where it belongs. `plain`: a scalar without quotes.
void YamlEvents::add(Node node, bool plain) {
    if (open_.empty()) {
        out_.root = std::move(node);
        return;
    }
    auto& frame = open_.back();
    if (frame.node.kind == Kind::list) {
        frame.node.items.push_back(std::move(node));
    } else if (!frame.has_key) {
        take_key(frame, std::move(node), plain);
    } else {
        frame.has_key = false;
        if (frame.key_valid) frame.node.entries.push_back({std::move(frame.key), frame.key_mark, std::move(node)});
    }
}

void YamlEvents::take_key(Frame& frame, Node node, bool plain) {
    frame.has_key = true;
    frame.key_valid = false;
    frame.key_mark = node.mark;
    frame.key.clear();
    if (node.broken) return;
    if (node.kind != Kind::scalar) {
        report(node.mark, "a key must be plain text, not " + std::string(to_string(node.kind)));
    } else if (plain && node.text == "<<") {
        report(node.mark, "merge keys ('<<') are not supported; write the keys out");
    } else if (!frame.keys.insert(node.text).second) {
        const auto first = std::find_if(frame.node.entries.begin(), frame.node.entries.end(),
                                        [&](const Entry& entry) { return entry.key == node.text; });
        report(node.mark, "the key " + excerpt(node.text) + " is already set in line " +
                              std::to_string(first == frame.node.entries.end() ? 0 : first->mark.line));
    } else {
        frame.key = std::move(node.text);
        frame.key_valid = true;
    }
}

Node YamlEvents::make(Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    Node node;
    node.kind = kind;
    node.mark = mark_of(mark);
    if (++nodes_ > kMaxNodes) {
        report(node.mark, "more than " + std::to_string(kMaxNodes) + " values in one file");
        throw ReadingStopped{};
    }
    if (anchor != 0) report(node.mark, "anchors (&name) are not supported; quote a text that begins with '&'");
    if (!tag.empty() && tag != "?" && tag != "!") {
        report(node.mark, "tags (!name) are not supported; quote a text that begins with '!'");
    }
    return node;
}

void YamlEvents::report(const Mark& mark, std::string message) {
    out_.problems.add(mark, path(), std::move(message));
}

/// The dotted path of what is being read.
std::string YamlEvents::path() const {
    std::string path;
    for (const auto& frame : open_) {
        if (frame.node.kind == Kind::list) {
            path = path_of(path, frame.node.items.size());
        } else if (frame.has_key && frame.key_valid) {
            path = path_of(path, frame.key);
        }
    }
    return path;
}

}  // namespace televisit::config

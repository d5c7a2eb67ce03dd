#include "config/reference.hpp"

#include <algorithm>

#include "config/scalars.hpp"

namespace televisit::config {

namespace {

/// A text inside a table cell: on one line, without column separators.
std::string cell(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '|') {
            out += "\\|";
        } else {
            out += c == '\n' || c == '\r' ? ' ' : c;
        }
    }
    while (out.ends_with(' ')) out.pop_back();
    return out;
}

std::string code(std::string_view text) {
    return "`" + cell(text) + "`";
}

std::string kind_of(const Schema& schema) {
    std::string text;
    if (!schema.one_of.empty()) {
        for (const auto& word : schema.one_of) text += (text.empty() ? "one of " : ", ") + code(word);
        return text;
    }
    text = to_string(schema.type);
    if (schema.type == Type::list && schema.items) text += " of " + kind_of(*schema.items);
    if (!schema.separator.empty()) text += ", or one text separated by " + code(schema.separator);
    for (std::size_t i = 0; i < schema.schemes.size(); ++i)
        text += (i == 0 ? " with " : ", ") + code(schema.schemes[i]);
    const auto bounds = bounds_text(schema);
    if (!bounds.empty()) text += ", " + bounds;
    if (schema.pattern) text += ", matching " + code(schema.pattern->expression());
    return text;
}

std::string default_of(const Schema& schema) {
    if (schema.required) return "required";
    if (!schema.fallback) return "";
    const auto& fallback = *schema.fallback;
    if (fallback.kind == Kind::scalar) return fallback.text.empty() ? "empty" : code(fallback.text);
    if (fallback.items.empty()) return "`[]`";
    std::string text;
    for (const auto& item : fallback.items) text += (text.empty() ? "" : ", ") + item.text;
    return code("[" + text + "]");
}

void add_rows(const Schema& map, const std::string& path, std::string& out);

void add_row(const Property& property, const std::string& parent, std::string& out) {
    const auto path = path_of(parent, property.name);
    const auto& schema = property.schema;
    if (schema.type != Type::map || !schema.description.empty()) {
        out += "| " + code(path) + " | " + kind_of(schema) + " | " + default_of(schema) + " | " +
               cell(schema.description) + " |\n";
    }
    if (schema.type == Type::map) add_rows(schema, path, out);
    if (schema.type == Type::list && schema.items && schema.items->type == Type::map) {
        add_rows(*schema.items, path + "[]", out);
    }
}

void add_rows(const Schema& map, const std::string& path, std::string& out) {
    for (const auto& property : map.properties) add_row(property, path, out);
}

constexpr std::string_view kTableHead = "| key | type | default | |\n|---|---|---|---|\n";

bool is_section(const Property& property) {
    return property.schema.type == Type::map;
}

}  // namespace

std::string reference(const Schema& schema, std::string_view title) {
    std::string out = "## " + std::string(title) + "\n\n";
    if (!schema.description.empty()) out += schema.description + "\n\n";
    if (schema.properties.empty()) return out + "Nothing to configure.\n\n";

    std::string rows;
    for (const auto& property : schema.properties) {
        if (!is_section(property)) add_row(property, {}, rows);
    }
    if (!rows.empty()) out.append(kTableHead).append(rows).append("\n");
    for (const auto& property : schema.properties) {
        if (!is_section(property)) continue;
        out += "### " + property.name + "\n\n";
        if (!property.schema.description.empty()) out += property.schema.description + "\n\n";
        out += kTableHead;
        add_rows(property.schema, property.name, out);
        out += '\n';
    }
    return out;
}

}  // namespace televisit::config

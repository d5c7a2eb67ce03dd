#include "net/router.hpp"

#include <algorithm>
#include <set>

#include "net/http_text.hpp"

namespace televisit::net {
namespace {

// A place of the tree: where a path may end, and where it may go on.
struct Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literal;
    std::unique_ptr<Node> any;   // {name}
    std::unique_ptr<Node> rest;  // {rest*}
    RoutePlace place;
    bool ends = false;
};

enum class SegmentKind { literal, name, rest };

struct Segment {
    SegmentKind kind;
    std::string text;
};

std::vector<std::string_view> split(std::string_view path) {
    std::vector<std::string_view> segments;
    path.remove_prefix(1);
    for (;;) {
        const std::size_t slash = path.find('/');
        segments.push_back(path.substr(0, slash));
        if (slash == std::string_view::npos) return segments;
        path.remove_prefix(slash + 1);
    }
}

bool is_name(std::string_view text) noexcept {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return is_alpha(c) || is_digit(c) || c == '_'; });
}

Result<std::vector<Segment>> parse_pattern(const std::string& pattern) {
    const auto bad = [&](const std::string& why) {
        return error(Errc::invalid, "route pattern '" + pattern + "' " + why);
    };
    if (!pattern.starts_with('/')) return bad("does not begin with '/'");
    std::vector<Segment> segments;
    std::set<std::string_view> names;
    for (const std::string_view text : split(pattern)) {
        if (!segments.empty() && segments.back().kind == SegmentKind::rest) return bad("goes on behind {rest*}");
        if (!text.starts_with('{')) {
            if (text.find_first_of("{}*") != std::string_view::npos) return bad("has a brace within a part");
            segments.push_back({SegmentKind::literal, std::string(text)});
            continue;
        }
        std::string_view name = text.substr(1);
        if (!name.ends_with('}')) return bad("has a brace that does not close");
        name.remove_suffix(1);
        const bool rest = name.ends_with('*');
        if (rest) name.remove_suffix(1);
        if (!is_name(name)) return bad("has a part without a proper name");
        if (!names.insert(name).second) return bad("names a part twice");
        segments.push_back({rest ? SegmentKind::rest : SegmentKind::name, std::string(name)});
    }
    return segments;
}

// The names of a pattern's parts, in order.
std::vector<std::string> names_of(const std::string& pattern) {
    std::vector<std::string> names;
    for (const std::string_view text : split(pattern))
        if (text.starts_with('{')) names.emplace_back(text.substr(1, text.size() - (text.ends_with("*}") ? 3 : 2)));
    return names;
}

Node& child(Node& node, const Segment& segment) {
    auto& next = segment.kind == SegmentKind::literal ? node.literal[segment.text]
                 : segment.kind == SegmentKind::name  ? node.any
                                                      : node.rest;
    if (!next) next = std::make_unique<Node>();
    return *next;
}

const std::string& name_of(const RouteEntry& entry) {
    return entry.handler ? entry.route.pattern : entry.channel.pattern;
}

}  // namespace

class RouteTable {
  public:
    // Adds a route whose pattern has been checked. False: the place is taken.
    bool add(ListenerKind listener, const std::vector<Segment>& segments, RouteEntry& entry) {
        Node* node = &roots_[static_cast<std::size_t>(listener)];
        for (const Segment& segment : segments) node = &child(*node, segment);
        node->ends = true;
        RouteEntry*& slot =
            entry.acceptor ? node->place.channel : node->place.methods[static_cast<std::size_t>(entry.route.method)];
        if (slot) return false;
        slot = &entry;
        return true;
    }

    const RoutePlace* find(ListenerKind listener, std::string_view path, std::vector<std::string>& values) const {
        if (!path.starts_with('/')) return nullptr;
        return walk(roots_[static_cast<std::size_t>(listener)], path.substr(1), values);
    }

  private:
    static const RoutePlace* walk(const Node& node, std::string_view rest, std::vector<std::string>& values) {
        const std::size_t slash = rest.find('/');
        const std::string_view segment = rest.substr(0, slash);
        const auto go = [&](const Node& next) -> const RoutePlace* {
            if (slash == std::string_view::npos) return next.ends ? &next.place : nullptr;
            return walk(next, rest.substr(slash + 1), values);
        };
        if (const auto literal = node.literal.find(segment); literal != node.literal.end())
            if (const RoutePlace* const place = go(*literal->second)) return place;
        if (node.any && !segment.empty()) {
            values.emplace_back(segment);
            if (const RoutePlace* const place = go(*node.any)) return place;
            values.pop_back();
        }
        if (!node.rest) return nullptr;
        values.emplace_back(rest);
        return &node.rest->place;
    }

    std::array<Node, 2> roots_;
};

Router::Router() {
    tables_.push_back(std::make_unique<const RouteTable>());
    current_ = tables_.back().get();
}

Router::~Router() = default;

Result<void> Router::add(HttpRoute route, HttpLoopHandler& handler, std::string owner) {
    if (auto pattern = parse_pattern(route.pattern); !pattern) return std::move(pattern).error();
    if (!route.on_public && !route.on_admin)
        return error(Errc::invalid, "route '" + route.name + "' is on neither listener");
    const std::lock_guard lock(mutex_);
    RouteEntry& entry = entries_.emplace_back();
    entry.label = {std::move(owner), route.name};
    entry.route = std::move(route);
    entry.handler = &handler;
    served_.push_back(&entry);
    return publish();
}

Result<void> Router::add(ChannelRoute route, ChannelAcceptor& acceptor, std::string owner) {
    if (auto pattern = parse_pattern(route.pattern); !pattern) return std::move(pattern).error();
    const std::lock_guard lock(mutex_);
    RouteEntry& entry = entries_.emplace_back();
    entry.label = {std::move(owner), route.name};
    entry.route.name = route.name;
    entry.route.pattern = route.pattern;
    entry.channel = std::move(route);
    entry.acceptor = &acceptor;
    served_.push_back(&entry);
    return publish();
}

Result<void> Router::publish() {
    auto table = std::make_unique<RouteTable>();
    for (RouteEntry* const entry : served_) {
        const auto segments = *parse_pattern(name_of(*entry));
        const bool fits = (!entry->route.on_public || table->add(ListenerKind::public_listener, segments, *entry)) &&
                          (!entry->route.on_admin || table->add(ListenerKind::admin_listener, segments, *entry));
        if (fits) continue;
        const std::string what =
            std::string(entry->acceptor ? "channel" : to_string(entry->route.method)) + " " + name_of(*entry);
        served_.pop_back();
        return error(Errc::conflict, "route '" + entry->route.name + "' of '" + entry->label.owner + "': " + what +
                                         " is registered already");
    }
    tables_.push_back(std::move(table));
    current_.store(tables_.back().get(), std::memory_order_release);
    return {};
}

void Router::remove(std::string_view owner) {
    const std::lock_guard lock(mutex_);
    std::erase_if(served_, [&](const RouteEntry* entry) { return entry->label.owner == owner; });
    [[maybe_unused]] const auto published = publish();
}

RouteMatch Router::find(ListenerKind listener, std::string_view path) const {
    RouteMatch match;
    std::vector<std::string> values;
    match.place = current_.load(std::memory_order_acquire)->find(listener, path, values);
    if (!match.place || values.empty()) return match;
    // Routes of one place may name their parts differently: the names are added by `bind_params`.
    for (std::string& value : values) match.params.emplace_back(std::string(), std::move(value));
    return match;
}

void bind_params(const RouteEntry& entry, std::vector<std::pair<std::string, std::string>>& params) {
    const auto names = names_of(entry.route.pattern);
    for (std::size_t i = 0; i < params.size() && i < names.size(); ++i) params[i].first = names[i];
}

std::vector<HttpRoute> Router::routes() const {
    const std::lock_guard lock(mutex_);
    std::vector<HttpRoute> routes;
    for (const RouteEntry* const entry : served_)
        if (entry->handler) routes.push_back(entry->route);
    return routes;
}

std::vector<RouteCounters::Snapshot> Router::counters() const {
    const std::lock_guard lock(mutex_);
    std::vector<RouteCounters::Snapshot> all;
    for (const RouteEntry& entry : entries_) {
        auto snapshot = entry.counters.read();
        snapshot.owner = entry.label.owner;
        snapshot.route = entry.label.name;
        snapshot.method = entry.route.method;
        all.push_back(std::move(snapshot));
    }
    return all;
}

RouteEntry* route_for(const RoutePlace& place, HttpMethod method) noexcept {
    if (RouteEntry* const entry = place.methods[static_cast<std::size_t>(method)]) return entry;
    return method == HttpMethod::head ? place.methods[static_cast<std::size_t>(HttpMethod::get)] : nullptr;
}

std::string allowed_methods(const RoutePlace& place) {
    std::string list;
    const auto add = [&](HttpMethod method) {
        if (!list.empty()) list += ", ";
        list += to_string(method);
    };
    const auto has = [&](HttpMethod method) { return place.methods[static_cast<std::size_t>(method)] != nullptr; };
    for (const HttpMethod method :
         {HttpMethod::get, HttpMethod::head, HttpMethod::post, HttpMethod::put, HttpMethod::patch, HttpMethod::del})
        if (has(method) || (method == HttpMethod::head && has(HttpMethod::get))) add(method);
    if (list.empty() && place.channel) add(HttpMethod::get);
    add(HttpMethod::options);
    return list;
}

}  // namespace televisit::net

#pragma once
/// A namespace: one place under one or several names, its listener and the handlers of its events.

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "televisit/sdk/socketio.hpp"

namespace televisit::socketio {

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};

template <class T>
using TextMap = std::unordered_map<std::string, T, TextHash, std::equal_to<>>;

/// **Threads**: filled while plugins start, only read afterwards.
struct Namespace {
    std::size_t index = 0;
    SocketNamespaceListener& listener;
    TextMap<SocketLoopEventHandler*> handlers{};
    std::chrono::milliseconds recovery_time{0};  ///< how long its sockets outlive their connections
    std::vector<SocketLoopMiddleware*> middleware{};

    /// The end of a socket that was connected.
    void tell_end(SocketKey socket, SocketClose close) const {
        listener.on_disconnected(socket, close);
        tell_gone(socket);
    }
    void tell_gone(SocketKey socket) const {
        for (SocketLoopMiddleware* const one : middleware) one->on_gone(socket);
    }
};

/// A namespace as a client asked for it; packets to that client bear this name.
struct NamespaceName {
    std::string name;
    Namespace& place;
};

/// Every name under which a namespace is open. **Threads**: as `Namespace`.
struct NamespaceNames {
    TextMap<std::unique_ptr<NamespaceName>> names{};
    bool want_handshakes = false;  ///< at least one looks at queries and headers
};

}  // namespace televisit::socketio

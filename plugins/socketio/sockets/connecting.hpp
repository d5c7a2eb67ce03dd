#pragma once
/// A CONNECT on its way through the middleware of its namespace.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "televisit/sdk/result.hpp"

namespace televisit::socketio {

class Client;
class Socket;
class SocketLoop;

/// **Threads**: its loop. **Owns**: its socket, which is not open yet, until it is settled. Shared by its client and by
/// the decisions that are still to be made, which may outlive the plugin.
class Connecting : public std::enable_shared_from_this<Connecting> {
  public:
    Connecting(std::shared_ptr<SocketLoop> home, Client& client, Socket& socket, std::string_view auth);
    ~Connecting();

    Socket& socket() const noexcept { return socket_; }
    std::string_view auth() const noexcept { return auth_; }

    /// Asks one after another, until one wants time or refuses, or all have let it in; then `Client::settle`.
    void go_on();
    /// It comes to nothing: its client is gone, or it was refused.
    void abandon();

  private:
    class Decision;

    void on_verdict(Result<void> verdict);
    void settle(const Result<void>& verdict);

    const std::shared_ptr<SocketLoop> home_;
    Client* client_;  ///< null once it is settled
    Socket& socket_;
    const std::string auth_;
    std::size_t asked_ = 0;
    bool asking_ = false;
    std::optional<Result<void>> verdict_;  ///< that came while asking
};

}  // namespace televisit::socketio

#pragma once
/// A little server that answers what the test tells it to.

#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/StreamSocket.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace televisit::auth_jwt::testing {

class KeyServer {
  public:
    KeyServer() : KeyServer(Poco::Net::ServerSocket(Poco::Net::SocketAddress("127.0.0.1", 0))) {}
    /// Plain or secure; bound already.
    explicit KeyServer(const Poco::Net::ServerSocket& socket) : socket_(socket), thread_([this] { run(); }) {}
    ~KeyServer() {
        stopping_ = true;
        ::shutdown(socket_.impl()->sockfd(), SHUT_RDWR);  // wakes `accept`
        thread_.join();
    }
    KeyServer(const KeyServer&) = delete;
    KeyServer& operator=(const KeyServer&) = delete;

    std::string url(const std::string& scheme = "http", const std::string& host = "127.0.0.1") const {
        return scheme + "://" + host + ":" + std::to_string(socket_.address().port()) + "/keys?set=1";
    }
    /// The bytes to send to whoever asks.
    void answer(std::string bytes) {
        const std::lock_guard lock(mutex_);
        answer_ = std::move(bytes);
    }
    void answer_ok(const std::string& body, const std::string& fields = "") {
        answer("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
               "\r\n" + fields + "\r\n" + body);
    }
    /// From now on connections stay open after the answer, until the client closes.
    void hold() { hold_ = true; }
    std::vector<std::string> requests() const {
        const std::lock_guard lock(mutex_);
        return requests_;
    }

  private:
    void run() {
        while (!stopping_) {
            try {
                auto client = socket_.acceptConnection();
                serve(client);
            } catch (const Poco::Exception&) {
                // A client that went away, or the end.
            }
        }
    }
    void serve(Poco::Net::StreamSocket& client) {
        std::string request;
        std::array<char, 4096> piece{};
        while (request.find("\r\n\r\n") == std::string::npos) {
            const int size = client.receiveBytes(piece.data(), static_cast<int>(piece.size()));
            if (size <= 0) return;
            request.append(piece.data(), static_cast<std::size_t>(size));
        }
        std::string bytes;
        {
            const std::lock_guard lock(mutex_);
            requests_.push_back(request);
            bytes = answer_;
        }
        client.sendBytes(bytes.data(), static_cast<int>(bytes.size()));
        while (hold_ && client.receiveBytes(piece.data(), static_cast<int>(piece.size())) > 0) {
        }
    }

    Poco::Net::ServerSocket socket_;
    std::atomic<bool> stopping_{false};
    std::atomic<bool> hold_{false};
    mutable std::mutex mutex_;
    std::string answer_;                 // guarded by mutex_
    std::vector<std::string> requests_;  // guarded by mutex_
    std::thread thread_;
};

}  // namespace televisit::auth_jwt::testing

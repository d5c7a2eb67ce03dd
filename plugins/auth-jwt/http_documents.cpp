#include "http_documents.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/IPAddress.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Timespan.h>
#include <Poco/URI.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <charconv>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string_view>
#include <thread>
#include <utility>

namespace televisit::auth_jwt {

namespace {

using SteadyClock = std::chrono::steady_clock;
using Poco::Net::HTTPMessage;
using Poco::Net::HTTPResponse;

Error unavailable(std::string why) {
    return error(Errc::unavailable, std::move(why));
}

/// Shuts a connection down at its deadline. Poco's own time-outs begin anew with each byte, so a server that sends one
/// a second would hold a worker for hours.
class Watchdog {
  public:
    Watchdog(int socket, SteadyClock::time_point deadline)
        : thread_([this, socket, deadline] {
              std::unique_lock lock(mutex_);
              if (ended_.wait_until(lock, deadline, [this] { return over_; })) return;
              late_ = true;
              ::shutdown(socket, SHUT_RDWR);
          }) {}
    ~Watchdog() {
        {
            const std::lock_guard lock(mutex_);
            over_ = true;
        }
        ended_.notify_one();
        thread_.join();
    }
    Watchdog(const Watchdog&) = delete;
    Watchdog& operator=(const Watchdog&) = delete;
    bool late() const noexcept { return late_; }

  private:
    std::mutex mutex_;
    std::condition_variable ended_;
    bool over_ = false;  // guarded by mutex_
    std::atomic<bool> late_{false};
    std::thread thread_;
};

/// `max-age` of a Cache-Control field.
std::optional<std::chrono::seconds> max_age_of(const HTTPResponse& response) {
    constexpr std::string_view kName = "max-age=";
    const std::string field = response.get("Cache-Control", "");
    const auto place = field.find(kName);
    if (place == std::string::npos) return std::nullopt;
    std::uint32_t seconds = 0;
    const char* begin = field.data() + place + kName.size();
    if (std::from_chars(begin, field.data() + field.size(), seconds).ec != std::errc()) return std::nullopt;
    return std::chrono::seconds(seconds);
}

Result<std::string> read_body(std::istream& body, std::size_t max_size) {
    std::string text;
    std::array<char, 4096> piece{};
    while (body.read(piece.data(), piece.size()) || body.gcount() > 0) {
        text.append(piece.data(), static_cast<std::size_t>(body.gcount()));
        if (text.size() > max_size) return unavailable("the answer is too long");
    }
    return text;
}

Result<KeyDocument> ask(const Poco::Net::StreamSocket& socket, const Poco::URI& address, std::size_t max_size) {
    const auto target = address.getPathAndQuery();
    Poco::Net::HTTPClientSession session(socket);
    Poco::Net::HTTPRequest request(Poco::Net::HTTPRequest::HTTP_GET, target.empty() ? "/" : target,
                                   HTTPMessage::HTTP_1_1);
    request.set("Host", address.getAuthority());
    request.set("Accept", "application/jwk-set+json, application/json");
    session.setKeepAlive(false);
    session.sendRequest(request);
    HTTPResponse response;
    std::istream& body = session.receiveResponse(response);
    if (response.getStatus() != HTTPResponse::HTTP_OK)
        return unavailable("the answer has status " + std::to_string(static_cast<int>(response.getStatus())));
    auto text = read_body(body, max_size);
    // A stream swallows what ended it; the session remembers.
    if (const auto* failure = session.networkException()) failure->rethrow();
    if (!text) return std::move(text).error();
    if (body.bad()) return unavailable("the answer is cut off");
    const auto announced = response.getContentLength64();
    if (announced != HTTPMessage::UNKNOWN_CONTENT_LENGTH && text->size() != static_cast<std::uint64_t>(announced))
        return unavailable("the answer is cut off");
    return KeyDocument{*std::move(text), max_age_of(response)};
}

bool is_this_machine(const std::string& host) {
    if (host == "localhost") return true;
    Poco::Net::IPAddress address;
    return Poco::Net::IPAddress::tryParse(host, address) && address.isLoopback();
}

}  // namespace

struct HttpDocuments::Address {
    Poco::URI uri;
};

Result<void> check_key_address(const std::string& url) {
    try {
        const Poco::URI uri(url);
        if (uri.getHost().empty()) return error(Errc::invalid, "has no host");
        if (!uri.getUserInfo().empty()) return error(Errc::invalid, "must not hold a user name");
        if (uri.getScheme() == "https") return {};
        if (uri.getScheme() != "http") return error(Errc::invalid, "must begin with https://");
        if (is_this_machine(uri.getHost())) return {};
        return error(Errc::invalid, "must be https, unless it is on this machine: keys could be replaced on their way");
    } catch (const Poco::Exception&) {
        return error(Errc::invalid, "is no URL");
    }
}

HttpDocuments::HttpDocuments(const std::string& url, std::string ca_file, std::size_t max_size)
    : ca_file_(std::move(ca_file)), max_size_(max_size) {
    if (const auto checked = check_key_address(url); !checked) throw std::invalid_argument(checked.error().message);
    address_ = std::make_unique<const Address>(Address{Poco::URI(url)});
}

HttpDocuments::~HttpDocuments() = default;

Result<KeyDocument> HttpDocuments::fetch(std::chrono::milliseconds timeout) {
    const auto deadline = SteadyClock::now() + timeout;
    const auto& uri = address_->uri;
    try {
        Poco::Net::StreamSocket socket;
        socket.connect(Poco::Net::SocketAddress(uri.getHost(), uri.getPort()), Poco::Timespan(timeout.count() * 1000));
        const Watchdog watchdog(socket.impl()->sockfd(), deadline);
        auto document = exchange(socket);
        return watchdog.late() ? unavailable("there is no answer in time") : std::move(document);
    } catch (const Poco::TimeoutException&) {
        return unavailable("there is no answer in time");
    } catch (const Poco::Exception& failure) {
        return unavailable(std::string("the connection failed: ") + failure.name());
    }
}

Result<KeyDocument> HttpDocuments::exchange(Poco::Net::StreamSocket& socket) const {
    using Poco::Net::Context;
    const auto& uri = address_->uri;
    try {
        if (uri.getScheme() != "https") return ask(socket, uri, max_size_);
        // Strict also asks a server on this machine for its name. Made anew each time, so that a replaced file counts.
        Context::Ptr context =
            new Context(Context::TLS_CLIENT_USE, "", "", ca_file_, Context::VERIFY_STRICT, 9, ca_file_.empty());
        context->requireMinimumProtocol(Context::PROTO_TLSV1_2);
        return ask(Poco::Net::SecureStreamSocket::attach(socket, uri.getHost(), context), uri, max_size_);
    } catch (const Poco::Exception& failure) {
        // Its class says enough; its text could quote what the server sent.
        return unavailable(std::string("the exchange failed: ") + failure.name());
    }
}

}  // namespace televisit::auth_jwt

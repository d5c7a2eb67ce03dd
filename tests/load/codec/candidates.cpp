#include "candidates.hpp"

#include <wslay/wslay.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <stdexcept>

#include "wslay_decoder.hpp"

namespace televisit::load {
namespace {

using namespace net;

constexpr std::size_t kMaxMessage = 1'000'000;

// A decoder of the server's interface. What is left of a frame is kept as a connection keeps it.
template <class Decoder>
class Pulling : public Candidate {
  public:
    std::size_t decode(std::span<char> read) override {
        if (kept_.empty()) {
            const std::size_t used = take(read);
            if (used < read.size()) kept_.append({read.data() + used, read.size() - used});
        } else {
            kept_.append({read.data(), read.size()});
            if (kept_.size() < wanted_) return 0;
            kept_.consume(take(kept_.span()));
        }
        return std::exchange(bytes_, 0);
    }

  private:
    std::size_t take(std::span<char> data) {
        for (std::size_t used = 0;;) {
            const WsEvent event = decoder_.next(data.subspan(used));
            used += event.consumed;
            if (event.type == WsEvent::Type::need_more) {
                wanted_ = event.wanted;
                return used;
            }
            if (event.type != WsEvent::Type::message) throw std::runtime_error(std::string(event.reason));
            bytes_ += event.payload.size();
        }
    }

    Decoder decoder_{kMaxMessage};
    Buffer kept_;
    std::size_t wanted_ = 0;
    std::size_t bytes_ = 0;
};

class Own final : public Pulling<WsDecoder> {
  public:
    void encode(std::string_view text, std::string& out) override {
        out += WsHead(WsOpcode::text, text.size()).view();
        out += text;
    }
};

void append(std::string& out, const std::uint8_t* data, std::size_t size) {
    out.append(reinterpret_cast<const char*>(data), size);
}

class Frames final : public Pulling<WslayDecoder> {
  public:
    Frames() {
        const wslay_frame_callbacks callbacks{&Frames::take, nullptr, nullptr};
        wslay_frame_context* context = nullptr;
        if (wslay_frame_context_init(&context, &callbacks, this) != 0) throw std::bad_alloc();
        writer_.reset(context);
    }

    void encode(std::string_view text, std::string& out) override {
        out_ = &out;
        wslay_frame_iocb frame{};
        frame.fin = 1;
        frame.opcode = WSLAY_TEXT_FRAME;
        frame.payload_length = frame.data_length = text.size();
        frame.data = reinterpret_cast<const std::uint8_t*>(text.data());
        if (wslay_frame_send(writer_.get(), &frame) != static_cast<ssize_t>(text.size()))
            throw std::runtime_error("wslay_frame_send");
    }

  private:
    struct Free {
        void operator()(wslay_frame_context* context) const noexcept { wslay_frame_context_free(context); }
    };
    static ssize_t take(const std::uint8_t* data, std::size_t size, int, void* self) {
        append(*static_cast<Frames*>(self)->out_, data, size);
        return static_cast<ssize_t>(size);
    }
    std::unique_ptr<wslay_frame_context, Free> writer_;
    std::string* out_ = nullptr;
};

class Events final : public Candidate {
  public:
    Events() {
        wslay_event_callbacks callbacks{};
        callbacks.recv_callback = &Events::give;
        callbacks.send_callback = &Events::take;
        callbacks.on_msg_recv_callback = &Events::on_message;
        wslay_event_context* context = nullptr;
        if (wslay_event_context_server_init(&context, &callbacks, this) != 0) throw std::bad_alloc();
        context_.reset(context);
        wslay_event_config_set_max_recv_msg_length(context, kMaxMessage);
    }

    std::size_t decode(std::span<char> read) override {
        input_ = read;
        if (wslay_event_recv(context_.get()) != 0) throw std::runtime_error("wslay_event_recv");
        return std::exchange(bytes_, 0);
    }

    void encode(std::string_view text, std::string& out) override {
        out_ = &out;
        const wslay_event_msg message{WSLAY_TEXT_FRAME, reinterpret_cast<const std::uint8_t*>(text.data()),
                                      text.size()};
        if (wslay_event_queue_msg(context_.get(), &message) != 0 || wslay_event_send(context_.get()) != 0)
            throw std::runtime_error("wslay_event_send");
    }

  private:
    struct Free {
        void operator()(wslay_event_context* context) const noexcept { wslay_event_context_free(context); }
    };
    static ssize_t give(wslay_event_context* context, std::uint8_t* to, std::size_t size, int, void* self) {
        auto& input = static_cast<Events*>(self)->input_;
        if (input.empty()) {
            wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
            return -1;
        }
        const std::size_t count = std::min(size, input.size());
        std::memcpy(to, input.data(), count);
        input = input.subspan(count);
        return static_cast<ssize_t>(count);
    }
    static ssize_t take(wslay_event_context*, const std::uint8_t* data, std::size_t size, int, void* self) {
        append(*static_cast<Events*>(self)->out_, data, size);
        return static_cast<ssize_t>(size);
    }
    static void on_message(wslay_event_context*, const wslay_event_on_msg_recv_arg* message, void* self) {
        static_cast<Events*>(self)->bytes_ += message->msg_length;
    }

    std::unique_ptr<wslay_event_context, Free> context_;
    std::span<const char> input_;
    std::string* out_ = nullptr;
    std::size_t bytes_ = 0;
};

template <class Kind>
std::unique_ptr<Candidate> make() {
    return std::make_unique<Kind>();
}

}  // namespace

const std::vector<NamedCandidate>& candidates() {
    static const std::vector<NamedCandidate> all{
        {"own", &make<Own>}, {"wslay-frames", &make<Frames>}, {"wslay-events", &make<Events>}};
    return all;
}

}  // namespace televisit::load

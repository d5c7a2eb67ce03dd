#pragma once
/// One client's socket: non-blocking reads and writes, what could not be parsed or written yet, one deadline.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "net/address.hpp"
#include "net/admission.hpp"
#include "net/buffer.hpp"
#include "net/deadline_wheel.hpp"
#include "net/event_loop.hpp"
#include "net/transport.hpp"
#include "televisit/sdk/event_loops.hpp"
#include "televisit/sdk/http.hpp"

namespace televisit::net {

class Connection;
class LoopState;

/// What makes sense of a connection's bytes: HTTP at first, a channel after an upgrade. **Threads**: the connection's
/// loop.
class Protocol {
  public:
    virtual ~Protocol() = default;
    /// `connection` is on its loop, and this protocol is in charge of it.
    virtual void on_start(Connection& connection) = 0;
    /// Takes bytes from the front of `data` and says how many it needs no more; the rest comes again, with more behind
    /// it. `kInputPadding` bytes behind `data` may be read.
    virtual std::size_t on_data(std::span<char> data) = 0;
    /// How many bytes, at least, the next call wants to see; a hint.
    virtual std::size_t wanted() const noexcept = 0;
    /// The peer has sent its last byte.
    virtual void on_end() = 0;
    /// What was queued has been written.
    virtual void on_flushed() = 0;
    virtual void on_deadline() = 0;
    /// The connection is gone, for whatever reason; the last call.
    virtual void on_lost() = 0;
    /// The server stops: what is idle closes. `by_force`: so does everything else, with its proper good-bye.
    virtual void on_drain(bool by_force) = 0;
};

/// What is known of a connection from its start.
struct Peer {
    IpAddress address;
    ListenerKind listener = ListenerKind::public_listener;
    bool secure = false;
    std::optional<Limit> met{};  ///< it is one too many: its first request is answered so
};

enum class WriteResult : std::uint8_t { written, queued, failed };

/// **Threads**: its loop's only. **Owns**: the descriptor. A connection at rest holds no buffers.
///
/// Plain POSIX calls stand here, not Poco's sockets: a Poco socket is a reference-counted object more for each
/// connection, and its errors are exceptions, would-block included, which cost more than the whole relay of a message.
class Connection final : public IoHandler, public Deadline {
  public:
    Connection(int fd, Admission admission, std::unique_ptr<Transport> transport, std::unique_ptr<Protocol> protocol);
    ~Connection();

    /// Begins life on a loop. False: the loop cannot watch it, and it is to be dropped.
    bool attach(LoopState& loop);

    LoopState& loop() noexcept { return *loop_; }
    bool closed() const noexcept { return closed_; }
    std::size_t queued() const noexcept { return out_.size(); }
    /// Bytes received that the protocol has not taken yet.
    std::size_t kept() const noexcept { return in_.size(); }
    bool reading() const noexcept { return reading_; }
    ListenerKind listener() const noexcept { return admission_.listener(); }
    void hold(ClientPlaces::Place place) noexcept { admission_.hold(std::move(place)); }

    /// Writes head and pieces as one, at once if nothing waits; what does not go out waits. Never calls the protocol.
    WriteResult write(std::string_view head, std::span<const std::string_view> pieces);

    void set_deadline(std::chrono::milliseconds from_now);
    void lift_deadline();

    /// No more input is read until `resume`.
    void pause() { set_reading(false); }
    /// Reads on, and hands out again what was kept. Safe from within `on_data`.
    void resume();
    /// Hands the connection to another protocol, on another loop if told so, once `on_data` has returned.
    void hand_over(std::unique_ptr<Protocol> next, LoopState* to);

    /// Ends the connection when what is queued has been written; takes no more input. The protocol hears no more, not
    /// even `on_lost`.
    void finish();
    /// Ends it now. The protocol hears `on_lost`.
    void abort();
    /// The same at the end of the turn.
    void doom();
    void drain(bool by_force);

    void on_io(std::uint32_t events) override;

  private:
    friend class LoopState;
    void on_deadline() override;
    void receive();
    void receive_through_transport(std::span<const char> wire);
    void end_input();
    void discard();
    // These three say whether the connection is still here: another loop may have it by then.
    bool deliver_in_place(std::span<char> data);
    bool deliver_kept();
    bool move_to_next_loop();
    std::size_t deliver(std::span<char> data);
    WriteResult write_through_transport(std::string_view head, std::span<const std::string_view> pieces);
    WriteResult write_wire(std::string_view head, std::span<const std::string_view> pieces, std::size_t total);
    std::ptrdiff_t send_now(std::string_view head, std::span<const std::string_view> pieces,
                            std::size_t total) noexcept;
    void flush();
    void end_output();
    void close_now();
    void set_reading(bool on);
    void set_writing(bool on);
    void rewatch();

    Admission admission_;
    LoopState* loop_ = nullptr;
    const int fd_;
    std::uint32_t slot_ = 0;  // in the loop's list
    Buffer in_;
    Buffer out_;
    std::unique_ptr<Protocol> protocol_;
    std::unique_ptr<Transport> transport_;
    LoopState* next_loop_ = nullptr;
    bool closed_ = false;
    bool reading_ = true;
    bool writing_ = false;
    bool ended_ = false;      // the peer sent its last byte
    bool finishing_ = false;  // ends when the queue is empty
    bool lingering_ = false;  // our last byte is out; what comes is thrown away
    bool doomed_ = false;
    bool delivering_ = false;
};

}  // namespace televisit::net

#pragma once
/// The last events that were sent to a socket, as they went out: those that it may not have received.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

#include "televisit/sdk/channel.hpp"

namespace televisit::socketio {

struct EventLogLimits {
    std::size_t bytes = 0;   ///< never more
    std::size_t tail = 0;    ///< usually no more
    std::size_t events = 0;  ///< never more
};

/// Two pieces of memory that take turns: the newer one fills up, then takes the place of the older one, whose events
/// are forgotten. So nothing is moved, and at least half of the tail is there, or of the events. **Threads**: one.
class EventLog {
  public:
    /// `before` is the number of the last event that is not in here.
    explicit EventLog(std::uint64_t before) noexcept : newer_{before, before}, older_{before, before} {}

    /// The event after the last one, and its packet as it stands here, good until the next call. One that is beyond the
    /// limits by itself is not kept, nor are those before it; the answer is empty then.
    std::string_view append(std::span<const std::string_view> packet, std::span<const std::string_view> attachments,
                            const EventLogLimits& limits);
    std::uint64_t last() const noexcept { return newer_.last; }
    /// Whether all events after this one are here.
    bool covers(std::uint64_t number) const noexcept { return number >= older_.before && number <= newer_.last; }

    /// Events up to this one are not needed any more.
    void forget(std::uint64_t number) noexcept;
    bool empty() const noexcept { return newer_.last == older_.before; }
    /// What the events in here take.
    std::size_t bytes() const noexcept { return older_.bytes.size() + newer_.bytes.size(); }

    /// Calls `send(kind, data)` for each packet and attachment of the events after `number`, in order.
    template <class Send>
    void replay(std::uint64_t number, Send&& send) const {
        replay(older_, number, send);
        replay(newer_, number, send);
    }

  private:
    /// Bytes that grow by little: most sockets have few events to keep, and for a short time only.
    class Buffer {
      public:
        std::size_t size() const noexcept { return size_; }
        bool empty() const noexcept { return size_ == 0; }
        const char* data() const noexcept { return data_.get(); }
        std::string_view view() const noexcept { return {data_.get(), size_}; }
        void clear() noexcept { size_ = 0; }
        /// Room for so many more, which the caller writes.
        char* extend(std::size_t count);

      private:
        std::unique_ptr<char[]> data_;
        std::uint32_t size_ = 0;
        std::uint32_t capacity_ = 0;
    };

    /// Records of a head (size, and whether it is an attachment) and that many bytes.
    struct Part {
        std::uint64_t before;  ///< number of the event before its first
        std::uint64_t last;
        Buffer bytes{};
    };
    struct Record {
        MessageKind kind;
        std::string_view data;
        std::size_t next;
    };

    static Record record_at(const Part& part, std::size_t at) noexcept;
    static void put(char*& at, std::span<const std::string_view> pieces, MessageKind kind) noexcept;
    void turn() noexcept;

    template <class Send>
    static void replay(const Part& part, std::uint64_t after, Send& send) {
        std::uint64_t number = part.before;
        for (std::size_t at = 0; at < part.bytes.size();) {
            const Record record = record_at(part, at);
            at = record.next;
            if (record.kind == MessageKind::text) ++number;
            if (number > after) send(record.kind, record.data);
        }
    }

    Part newer_;
    Part older_;
};

}  // namespace televisit::socketio

#pragma once
/// WsDecoder's interface and strictness on wslay's frames, to measure what that costs.

#include <wslay/wslay.h>

#include <cstddef>
#include <memory>
#include <span>

#include "net/ws_frame.hpp"

namespace televisit::net {

/// wslay reads heads and unmasks, 4 KiB at a time in a buffer of its own. Fragments, close codes, UTF-8 and the bound
/// of a message are left to its user, so they are here.
class WslayDecoder {
  public:
    explicit WslayDecoder(std::size_t max_message);
    WslayDecoder(const WslayDecoder&) = delete;
    WslayDecoder& operator=(const WslayDecoder&) = delete;
    WsEvent next(std::span<char> data);

  private:
    struct Free {
        void operator()(wslay_frame_context* context) const noexcept { wslay_frame_context_free(context); }
    };
    static ssize_t give(std::uint8_t* to, std::size_t size, int flags, void* decoder);
    WsEvent on_chunk(const wslay_frame_iocb& chunk);
    WsEvent judge_head(const wslay_frame_iocb& frame) const noexcept;
    WsEvent on_data(const wslay_frame_iocb& frame, std::string_view part, bool whole);
    WsEvent on_control(const wslay_frame_iocb& frame, std::string_view part, bool whole);

    std::size_t max_message_;
    std::unique_ptr<wslay_frame_context, Free> context_;
    std::span<const char> input_;
    Buffer control_;             // parts of a control frame
    Buffer message_;             // parts of a message that did not come at once
    std::uint64_t arrived_ = 0;  // of the frame
    bool in_message_ = false;
    bool gathered_ = false;  // the last event is of control_ or message_
    MessageKind kind_ = MessageKind::text;
};

}  // namespace televisit::net

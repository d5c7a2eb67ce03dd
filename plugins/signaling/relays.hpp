#pragma once
/// Events that travel from one member to others: offers, answers, candidates, toggles, chat. On the loop, from the
/// bytes that came to the bytes that go.

#include <string>
#include <string_view>

#include "stage.hpp"
#include "televisit/sdk/metrics.hpp"
#include "televisit/sdk/socketio.hpp"

namespace televisit::signaling {

/// What is the same for each: an object, a seat, an answer.
class SeatedHandler : public SocketLoopEventHandler {
  public:
    SeatedHandler(Stage& stage, std::string name);
    void on_event(const SocketEvent& event, std::unique_ptr<AckResponder> ack) final;
    const std::string& name() const noexcept { return name_; }

  protected:
    /// The event has an object as its first argument.
    virtual Result<void> handle(const SocketEvent& event, Seat& seat) = 0;
    Stage& stage() noexcept { return stage_; }

  private:
    Stage& stage_;
    const std::string name_;
    Counter& accepted_;
};

/// `webrtc_offer`, `webrtc_answer`, `ice_candidate`: `{from_peer_id, <field>}`, the field byte for byte.
class OpaqueRelay final : public SeatedHandler {
  public:
    OpaqueRelay(Stage& stage, std::string name, std::string field, RelayKind kind);

  private:
    Result<void> handle(const SocketEvent& event, Seat& seat) override;

    const std::string field_;
    const std::string after_peer_;  ///< `","<field>":`
    const RelayKind kind_;
};

/// `toggle_audio`, `toggle_video`, `screen_share`: `{user_id, enabled}`.
class ToggleRelay final : public SeatedHandler {
  public:
    ToggleRelay(Stage& stage, std::string name, std::string told_as, MediaKind kind);

  private:
    Result<void> handle(const SocketEvent& event, Seat& seat) override;

    const std::string told_as_;
    const MediaKind kind_;
};

/// `send_message`: `{user_id, message, timestamp, message_id, server_time}`.
class ChatRelay final : public SeatedHandler {
  public:
    explicit ChatRelay(Stage& stage) : SeatedHandler(stage, "send_message") {}

  private:
    Result<void> handle(const SocketEvent& event, Seat& seat) override;
};

/// `quality_report`: `{room_id, samples}`, kept with the visit's records.
class QualityReport final : public SeatedHandler {
  public:
    explicit QualityReport(Stage& stage) : SeatedHandler(stage, "quality_report") {}

  private:
    Result<void> handle(const SocketEvent& event, Seat& seat) override;
};

}  // namespace televisit::signaling

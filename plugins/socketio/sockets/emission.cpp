#include "sockets/emission.hpp"

#include "json/text.hpp"
#include "sockets/packet.hpp"

namespace televisit::socketio {

void PacketLayout::begin_event(const Emission& emission, std::string_view nsp, std::optional<std::uint64_t> ack_id) {
    const bool binary = !emission.attachments.empty();
    head_.clear();
    append_head(head_, binary ? SocketPacketType::binary_event : SocketPacketType::event, nsp,
                emission.attachments.size(), ack_id);
    head_ += "[\"";
    pieces_.clear();
    pieces_.push_back(head_);
    if (json::is_plain(emission.event)) {
        pieces_.push_back(emission.event);
    } else {
        name_ = json::string_of(emission.event);
        pieces_.push_back(std::string_view(name_).substr(1, name_.size() - 2));
    }
    pieces_.push_back(emission.args.empty() ? "\"" : "\",");
    pieces_.insert(pieces_.end(), emission.args.begin(), emission.args.end());
}

std::span<const std::string_view> PacketLayout::event(const Emission& emission, std::string_view nsp,
                                                      std::optional<std::uint64_t> ack_id) {
    begin_event(emission, nsp, ack_id);
    pieces_.push_back("]");
    return pieces_;
}

std::span<const std::string_view> PacketLayout::numbered_event(const Emission& emission, std::string_view nsp,
                                                               std::string_view offset) {
    begin_event(emission, nsp, std::nullopt);
    pieces_.push_back(",\"");
    pieces_.push_back(offset);
    pieces_.push_back("\"]");
    return pieces_;
}

std::span<const std::string_view> PacketLayout::ack(std::span<const std::string_view> args, std::size_t attachments,
                                                    std::string_view nsp, std::uint64_t id) {
    head_.clear();
    append_head(head_, attachments > 0 ? SocketPacketType::binary_ack : SocketPacketType::ack, nsp, attachments, id);
    head_ += '[';
    pieces_.clear();
    pieces_.push_back(head_);
    for (std::size_t i = 0; i < args.size(); ++i) {
        if (i > 0) pieces_.push_back(",");
        pieces_.push_back(args[i]);
    }
    pieces_.push_back("]");
    return pieces_;
}

EmissionCopy::EmissionCopy(const Emission& emission)
    : event_(emission.event), attachments_(copies_of(emission.attachments)), attachment_views_(views_of(attachments_)) {
    for (const auto piece : emission.args) args_ += piece;
    args_piece_ = args_;
    view_.event = event_;
    if (!args_.empty()) view_.args = {&args_piece_, 1};
    view_.attachments = attachment_views_;
}

std::vector<std::string> copies_of(std::span<const std::string_view> texts) {
    return {texts.begin(), texts.end()};
}

std::vector<std::string_view> views_of(std::span<const std::string> texts) {
    return {texts.begin(), texts.end()};
}

}  // namespace televisit::socketio

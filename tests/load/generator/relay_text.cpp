#include "relay_text.hpp"

#include "tag.hpp"

namespace televisit::load {

std::string candidate_text(std::size_t padding) {
    return "candidate:842163049 1 udp 1677729535 203.0.113.7 46154 typ srflx raddr 10.0.0.17 rport 46154 "
           "generation 0 ufrag sXP5 " +
           Tag::blank() + std::string(padding, 'x');
}

std::string sdp_text(std::size_t bytes) {
    std::string sdp = "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=" + Tag::blank() +
                      "\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"
                      "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\n";
    for (int i = 0; sdp.size() < bytes; ++i) {
        const std::string codec = std::to_string(96 + i % 32);
        std::string lines = "a=rtpmap:" + codec + " VP8/90000\r\na=fmtp:" + codec +
                            " level-asymmetry-allowed=1;packetization-mode=1\r\n";
        if (sdp.size() + lines.size() > bytes) lines = std::string(bytes - sdp.size(), 'x');
        sdp += lines;
    }
    return sdp;
}

}  // namespace televisit::load

#pragma once
/// Builds the tree from yaml-cpp's events. Private to the reader.

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "config/yaml_reader.hpp"

namespace televisit::config {

/// Thrown, from a callback of yaml-cpp through its parser to the reader, when there is no use in going on.
struct ReadingStopped {};

/// Takes the events of the first document and refuses a second. Anything beyond the dialect becomes a problem; depth
/// and number of nodes are bounded before they cost anything.
class YamlEvents final : public YAML::EventHandler {
  public:
    YamlEvents(std::string_view text, std::shared_ptr<const std::string> file, Loaded& out);

    Mark mark_of(const YAML::Mark& mark);
    /// The text of the line.
    std::string_view line_of(const YAML::Mark& mark) const;

    void OnDocumentStart(const YAML::Mark& mark) override;
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override;
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value style) override;
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value style) override;
    void OnMapEnd() override { close(); }

  private:
    /// A map or list that is still being read.
    struct Frame {
        Node node{};
        std::unordered_set<std::string> keys{};
        std::string key{};
        Mark key_mark{};
        bool has_key = false;    ///< of a map: the next event is the value of `key`
        bool key_valid = false;  ///< otherwise the value is read and thrown away
    };

    void open(Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor);
    void close();
    void add(Node node, bool plain);
    void take_key(Frame& frame, Node node, bool plain);
    Node make(Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor);
    void report(const Mark& mark, std::string message);
    std::string path() const;

    std::vector<std::string_view> lines_;  ///< of the text, to count columns in characters
    std::shared_ptr<const std::string> file_;
    YAML::Mark counted_{};  ///< how far into a line the characters have been counted, as the marks move on
    int inner_bytes_ = 0;   ///< bytes up to there that begin no character
    Loaded& out_;
    std::vector<Frame> open_;
    std::size_t nodes_ = 0;
    bool seen_document_ = false;
};

}  // namespace televisit::config

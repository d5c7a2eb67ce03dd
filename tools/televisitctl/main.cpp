#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "command.hpp"

int main(int count, char** values) {
    const std::vector<std::string> words(values + 1, values + count);
    try {
        return televisit::ctl::run(words, {std::cout, std::cerr});
    } catch (const std::exception& fault) {
        std::cerr << "televisitctl: " << fault.what() << '\n';
        return televisit::ctl::kFailed;
    }
}

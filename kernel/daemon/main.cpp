#include "daemon/application.hpp"

int main(int argc, char** argv) {
    return televisit::daemon::run(argc, argv);
}

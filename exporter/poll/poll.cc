#include "exporter/poll/poll.h"

#include "exporter/log/log.h"

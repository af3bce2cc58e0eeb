#include "exporter/config/config.h"

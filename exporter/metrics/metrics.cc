#include "exporter/metrics/metrics.h"

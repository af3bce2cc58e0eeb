#include "exporter/cost/cost.h"

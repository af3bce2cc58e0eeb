#include "exporter/demo/demo.h"

/* What both C programs share: where a lead can be, the row of a day, and luck by address as in sim/behaviours/luck.py. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { UNQUALIFIED, QUALIFIED, FIRST_STAGE, LAST_STAGE = 5, WON, LOST, CLOSED, N_PLACES };
enum { ARRIVAL, QUALITY, NURTURE, ACCEPT, CONFLICT, LOSS, ADVANCE, FIT, PRICE };

typedef struct {
    int64_t leads[N_PLACES], conflicts, rejections, cycle_days, nurture_touches, sales_touches;
    double revenue;
} Day;

static inline double draw(int64_t seed, int64_t key, int64_t purpose, int64_t occurrence) {
    uint64_t address = ((uint64_t)purpose << 32) + (uint64_t)occurrence;
    uint64_t x = (uint64_t)seed * 0x9E3779B97F4A7C15u + (uint64_t)key * 0xD1342543DE82EF95u
               + address * 0xDA942042E4DD58B5u;
    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    x ^= x >> 31;
    return ((double)(x >> 12) + 0.5) * (1.0 / 4503599627370496.0);
}

static inline double logistic(double x) { return 1.0 / (1.0 + exp(-x)); }

static inline int poisson(double mean, double u) {
    int n = 0;
    double term = exp(-mean), below = term;
    while (u > below && n < 127) {
        term *= mean / ++n;
        below += term;
    }
    return n;
}

static inline double beta_2_5(int64_t seed, int64_t key) { /* second smallest of six */
    double smallest = 1, second = 1;
    for (int i = 0; i < 6; i++) {
        double u = draw(seed, key, QUALITY, i), larger = u > smallest ? u : smallest;
        second = larger < second ? larger : second;
        smallest = u < smallest ? u : smallest;
    }
    return second;
}

static inline double normal(int64_t seed, int64_t key, int purpose) {
    double u = draw(seed, key, purpose, 0), v = draw(seed, key, purpose, 1);
    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

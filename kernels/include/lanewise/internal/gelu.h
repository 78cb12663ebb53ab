/* GELU in its tanh form: z * sigmoid(LW_GELU_LINEAR * z + LW_GELU_CUBIC * z^3). */
#ifndef LANEWISE_INTERNAL_GELU_H
#define LANEWISE_INTERNAL_GELU_H

/* 2 sqrt(2 / pi), and 0.044715 times that. */
#define LW_GELU_LINEAR 0x1.988454p0f
#define LW_GELU_CUBIC  0x1.2444f2p-4f

#endif

/* In C++. */
#ifdef __cplusplus
extern "C"
#endif
void doomed(void);

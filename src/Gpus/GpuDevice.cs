namespace Appliance.Gpus;

/// <summary>A GPU that can be leased.</summary>
/// <param name="Id">The card's own: "GPU-5a3c…".</param>
/// <param name="Model">In the maker's words: "NVIDIA H100 80GB HBM3".</param>
/// <param name="MemoryBytes">Its own memory.</param>
/// <param name="Minor">Of its device node, <c>/dev/nvidiaN</c>.</param>
public sealed record GpuDevice(string Id, string Model, long MemoryBytes, int Minor);

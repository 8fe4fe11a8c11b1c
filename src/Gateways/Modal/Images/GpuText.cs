using System.Globalization;
using Appliance.Protos.Modal;

namespace Appliance.Gateways.Modal.Images;

/// <summary>The GPUs that a build asks for, as one text: "H100:2"; empty for none.</summary>
internal static class GpuText
{
    public static string Of(GPUConfig? gpu)
    {
        string type = gpu switch
        {
            null => "",
            { GpuType.Length: > 0 } => gpu.GpuType,
            { Count: > 0 } => gpu.Type.ToString().Replace("GpuType", "", StringComparison.OrdinalIgnoreCase).ToUpperInvariant(),
            _ => "",
        };
        return type.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{type}:{Math.Max(1, gpu!.Count)}");
    }
}

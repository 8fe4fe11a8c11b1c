namespace Appliance.Images.Registries.Layers;

/// <summary>A layer's archive as a manifest names it.</summary>
/// <param name="Digest">"sha256:…" of the archive as it comes.</param>
/// <param name="SizeBytes">Its length.</param>
internal sealed record RemoteLayer(string Digest, long SizeBytes);

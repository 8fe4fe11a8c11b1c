using System.Text.Json;
using System.Text.Json.Serialization;

namespace Appliance.Images.Catalog;

/// <summary>The configuration of an image as OCI defines it. What is not named here is kept as it came.</summary>
public sealed record ImageConfig
{
    [JsonPropertyName("created")]
    public DateTimeOffset? Created { get; init; }

    [JsonPropertyName("author")]
    public string? Author { get; init; }

    /// <summary>In Go's words: "amd64", "arm64".</summary>
    [JsonPropertyName("architecture")]
    public string Architecture { get; init; } = "";

    [JsonPropertyName("os")]
    public string Os { get; init; } = "linux";

    /// <summary>What a container of the image does when it is told nothing else.</summary>
    [JsonPropertyName("config")]
    public ImageRunConfig Run { get; init; } = new();

    [JsonPropertyName("history")]
    public IReadOnlyList<ImageHistoryEntry>? History { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Further { get; set; }

    /// <summary>As OCI has it.</summary>
    public string ToJson() => ImageJson.Write(this);
}

/// <summary>What a container of an image does when it is told nothing else.</summary>
public sealed record ImageRunConfig
{
    /// <summary>A user and perhaps a group, as names or numbers: "1000:1000". Null or empty for root.</summary>
    [JsonPropertyName("User")]
    public string? User { get; init; }

    /// <summary>Keys are "80/tcp".</summary>
    [JsonPropertyName("ExposedPorts")]
    public IReadOnlyDictionary<string, EmptyObject>? ExposedPorts { get; init; }

    /// <summary>"NAME=value" each.</summary>
    [JsonPropertyName("Env")]
    public IReadOnlyList<string>? Env { get; init; }

    [JsonPropertyName("Entrypoint")]
    public IReadOnlyList<string>? Entrypoint { get; init; }

    [JsonPropertyName("Cmd")]
    public IReadOnlyList<string>? Cmd { get; init; }

    /// <summary>Keys are absolute paths.</summary>
    [JsonPropertyName("Volumes")]
    public IReadOnlyDictionary<string, EmptyObject>? Volumes { get; init; }

    /// <summary>Absolute; null or empty for the root.</summary>
    [JsonPropertyName("WorkingDir")]
    public string? WorkingDir { get; init; }

    [JsonPropertyName("Labels")]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }

    /// <summary>A name or a number: "SIGTERM".</summary>
    [JsonPropertyName("StopSignal")]
    public string? StopSignal { get; init; }

    /// <summary>What runs commands that are one text; null for <c>/bin/sh -c</c>.</summary>
    [JsonPropertyName("Shell")]
    public IReadOnlyList<string>? Shell { get; init; }

    /// <summary>Commands for builds on top of this image.</summary>
    [JsonPropertyName("OnBuild")]
    public IReadOnlyList<string>? OnBuild { get; init; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Further { get; set; }
}

/// <summary>How one layer, or none, came about.</summary>
public sealed record ImageHistoryEntry
{
    [JsonPropertyName("created")]
    public DateTimeOffset? Created { get; init; }

    [JsonPropertyName("created_by")]
    public string? CreatedBy { get; init; }

    [JsonPropertyName("author")]
    public string? Author { get; init; }

    [JsonPropertyName("comment")]
    public string? Comment { get; init; }

    [JsonPropertyName("empty_layer")]
    public bool IsEmptyLayer { get; init; }
}

/// <summary>What OCI has as the value of a key that says everything itself.</summary>
public sealed record EmptyObject;
